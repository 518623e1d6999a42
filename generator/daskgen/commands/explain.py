"""Where values of a cluster come from and what they turn into, and how it is used."""

from __future__ import annotations

from pathlib import Path

import click

from daskgen.becomes import find_outcomes, find_value
from daskgen.commands.choose import choose
from daskgen.connect import FORMATS, find_connection
from daskgen.paths import format_path, parse_path
from daskgen.words import show_value


def explain(root: Path, name: str, field: str) -> int:
    """Say where a value came from and what it turns into."""
    [prepared] = choose(root, [name])
    path = parse_path(field)
    try:
        origin = find_value(prepared, path)
    except KeyError:
        hint = "; `daskgen explain` without a field explains codes, docs/spec.md lists every field"
        raise click.UsageError(f"{name} has no {field}{hint}") from None
    at = f"{origin.at.file}:{origin.at.line}:{origin.at.column}" if origin.at else "daskgen's default"
    click.echo(f"{field}: {show_value(origin.value)}  ({at})")
    for it in find_outcomes(prepared, path):
        place = f"{format_path(it.path)}: {show_value(it.value)}" if it.path else "is there because of it"
        click.echo(f"  {it.kind} {it.name}: {place}")
    return 0


def connect(root: Path, name: str, form: str) -> int:
    """Say how a cluster is reached."""
    [prepared] = choose(root, [name])
    click.echo(FORMATS[form](find_connection(prepared.valid)))
    return 0
