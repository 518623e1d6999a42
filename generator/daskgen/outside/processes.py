"""Start programs. The only module that does."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from daskgen.findings.problem import ToolError


class Result(NamedTuple):
    """The exit code and the output of a program."""

    code: int
    output: str
    errors: str


def start(command: list[str], timeout: float, text: str = "", accept: Collection[int] = (0,)) -> Result:
    """Run a program with `text` on its standard input, for at most `timeout` seconds.

    Raises `ToolError` with its message if it cannot be started, exits with a code not in `accept`, or not in time.
    """
    shown = shlex.join([Path(command[0]).name, *command[1:]])
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=timeout, input=text.encode())  # noqa: S603
    except subprocess.TimeoutExpired:
        raise ToolError(f"`{shown}` did not end within {timeout:g} seconds") from None
    except OSError as error:
        raise ToolError(f"{command[0]} cannot be started: {error.strerror}") from None
    output, errors = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
    if done.returncode not in accept:
        words = errors.strip() or output.strip() or "no output"
        raise ToolError(f"`{shown}` exited with code {done.returncode}: {words}")
    return Result(done.returncode, output, errors)
