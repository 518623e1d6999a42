"""`daskgen status`: show clusters as they run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from daskgen.cli._fleet import load
from daskgen.cli._options import complete_cluster, context_option, data_option
from daskgen.cli._say import say
from daskgen.cli._states import read_fleet
from daskgen.live import status_report


@click.command("status", short_help="Show clusters as they run; change nothing.")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_cluster)
@context_option
@click.option("--drift/--no-drift", default=True, help="Compare with what is rendered, by server-side dry runs.")
@data_option
@click.pass_obj
def command(root: Path, names: tuple[str, ...], context: str | None, drift: bool, form: str) -> int:
    """Show running clusters: a line for each, or all details of those named. Changes nothing."""
    return status(root, names, context, form, drift=drift)


def status(root: Path, names: Sequence[str], context: str | None, form: str, *, drift: bool) -> int:
    """Print the state of clusters; return 1 unless all are healthy and their delivery engine reports no error."""
    found = read_fleet(load(root), root, names, context, drift=drift)
    formats = {
        "text": status_report.format_details if names else status_report.format_fleet,
        "json": status_report.format_json,
    }
    say(formats[form](found.states, found.delivered, found.unknown))
    return int(not all(state.well for state in found.states) or any(group.failed for group in found.delivered))
