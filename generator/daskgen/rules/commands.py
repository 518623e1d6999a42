"""Rules about what containers run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.rules import Rule, RuleContext, find_variables

REMOVED_COMMANDS = {"dask-scheduler": "dask scheduler", "dask-worker": "dask worker", "dask-ssh": "dask ssh"}
"""Commands that distributed 2026.6.0 has removed (dask/distributed#9240)."""

EXTRA_PACKAGES = re.compile(r"EXTRA_(APT|CONDA|PIP)_PACKAGES")
"""Variables from which the official image's entrypoint installs packages at every start, which needs root."""


def check_commands(context: RuleContext) -> Iterator[Finding]:
    """Refuse commands, which patches may change, that do not exist or that open a shell."""
    for container in context.containers:
        for field in ("command", "args"):
            for index, word in enumerate(container.body.get(field) or ()):
                if found := _check_word(str(word)):
                    path = context.origin(container.resource, *container.path, field, index)
                    yield Finding(path, *found)


def _check_word(word: str) -> tuple[str, str, str] | None:
    """Return the code, message and hint about a word of a command, if it is wrong."""
    if word.partition("=")[0] == "--jupyter":
        return "DG308", "--jupyter gives a shell to everyone who reaches the dashboard", "leave it out"
    name = word.rpartition("/")[2]
    if name in REMOVED_COMMANDS:
        return "DG306", f"{name} was removed in dask 2026.6.0", f"write {REMOVED_COMMANDS[name]}"
    return None


def check_extra_packages(context: RuleContext) -> Iterator[Finding]:
    """Refuse the installation of packages at the start of a pod that may not write."""
    for path, name, _ in find_variables(context):
        if EXTRA_PACKAGES.fullmatch(name):
            message = f"{name} needs root, a writable file system and the internet at every start"
            yield Finding(path, "DG307", message, "list them in packages, and run `daskgen image NAME`")


RULES: tuple[Rule, ...] = (check_commands, check_extra_packages)
