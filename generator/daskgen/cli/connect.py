"""`daskgen connect`: show how a cluster is reached."""

from __future__ import annotations

from pathlib import Path

import click

from daskgen.cli._fleet import choose_clusters, load
from daskgen.cli._say import say
from daskgen.connect import FORMATS, find_connection


@click.command("connect")
@click.argument("name")
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), default="text", help="How it is printed.")
@click.pass_obj
def command(root: Path, name: str, form: str) -> int:
    """Show how to use a cluster: addresses, who is admitted, lines for a notebook."""
    [cluster] = choose_clusters(load(root), [name])
    say(FORMATS[form](find_connection(cluster.valid)))
    return 0
