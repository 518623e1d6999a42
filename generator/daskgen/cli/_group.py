"""Group all commands: load each when it is called, and turn exceptions into messages and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from io import StringIO, TextIOWrapper
from typing import Any, NamedTuple, NoReturn

import click

from daskgen.cli._say import say
from daskgen.findings.problem import DaskgenError, ProblemsError, suggest
from daskgen.words import lay_lines


class Entry(NamedTuple):
    """A command that is not loaded yet."""

    module: str
    """Its module in `daskgen.cli`, which defines `command`."""
    summary: str
    """Its line in `daskgen --help`, the same as its own short help."""


class CommandGroup(click.Group):
    """Commands that are loaded when they are called."""

    def __init__(self, *arguments: Any, entries: Mapping[str, Entry], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.entries = entries

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands, without loading any."""
        return list(self.entries)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Load a command."""
        if name not in self.entries:
            return None
        command = import_module(f"daskgen.cli.{self.entries[name].module}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"daskgen.cli.{self.entries[name].module}.command is not a command")
        return command

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; suggest another if the name is unknown."""
        if words[0] not in self.entries and not words[0].startswith("-"):
            hint = suggest(words[0], self.entries, f"commands: {', '.join(self.entries)}")
            context.fail(f"no command is named {words[0]}; {hint}")
        return super().resolve_command(context, words)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self.entries.items()])

    def main(self, *arguments: Any, **options: Any) -> NoReturn:
        """Run a command, and turn exceptions into a message and an exit code."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                # Terminals and logs that are not UTF-8 get escapes instead of an error.
                stream.reconfigure(errors="backslashreplace")
        try:
            code = super().main(*arguments, **{**options, "standalone_mode": False})
        except click.ClickException as error:
            shown = StringIO()
            error.show(shown)
            say(shown.getvalue().removesuffix("\n"), err=True)
            code = error.exit_code
        except (click.Abort, KeyboardInterrupt):
            say("daskgen: interrupted", err=True)
            code = 130
        except ProblemsError as error:
            _show_problems(error)
            code = error.exit_code
        except DaskgenError as error:
            say(f"daskgen: {lay_lines(error.lines)}", err=True)
            code = error.exit_code
        except BrokenPipeError:
            # The reader has closed the pipe, so nothing can be printed, and flushing at exit would fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except Exception:  # a bug: show the traceback
            say("daskgen: this is a bug in daskgen; please report what follows", err=True)
            say(traceback.format_exc(), err=True)
            code = 3
        sys.exit(code or 0)


def _show_problems(error: ProblemsError) -> None:
    from daskgen.cli._show import show  # noqa: PLC0415 - `daskgen --help` does not need it

    show(error.problems, "text")
