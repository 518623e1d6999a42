"""Print; no other module does. Texts for people are escaped here."""

from __future__ import annotations

import re

import click

from daskgen.words import disarm_lines, escape_lines

STYLE = re.compile("(\033\\[[0-9;]*m)")


def say(text: str, *, err: bool = False, styled: bool = False, commands: bool = False) -> None:
    """Print a text for people or CI. Control sequences and commands in it do not reach the terminal or the CI runner.

    With `styled`, the text may have colours; with `commands`, its lines are commands to GitHub's runner. The caller
    escapes what such a text quotes.
    """
    pieces = STYLE.split(text) if styled else [text]
    safe = "".join(piece if index % 2 else escape_lines(piece) for index, piece in enumerate(pieces))
    click.echo(safe if commands else disarm_lines(safe), err=err)


def give(data: str) -> None:
    """Print data for another program, unchanged."""
    click.echo(data, nl=False)
