"""Print: the only place that does. What is no data is escaped here, whatever it holds."""

from __future__ import annotations

import re

import click

from daskgen.words import disarm_lines, escape_lines

STYLE = re.compile("(\033\\[[0-9;]*m)")


def say(text: str, *, err: bool = False, styled: bool = False, commands: bool = False) -> None:
    """Print a text that was made for people or CI. Nothing in it can command a terminal or a runner of CI jobs.

    With `styled` it has colours of our own, and with `commands` its lines are commands of our own to GitHub's runner:
    what makes such a text escapes what it quotes.
    """
    pieces = STYLE.split(text) if styled else [text]
    safe = "".join(piece if index % 2 else escape_lines(piece) for index, piece in enumerate(pieces))
    click.echo(safe if commands else disarm_lines(safe), err=err)


def give(data: str) -> None:
    """Print what a program reads next, as it is."""
    click.echo(data, nl=False)
