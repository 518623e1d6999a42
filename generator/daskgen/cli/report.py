"""`daskgen report`: write a page of the fleet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daskgen.cli._compare import compare
from daskgen.cli._fleet import load_and_render, make_of_each
from daskgen.cli._options import context_option
from daskgen.cli._pool import Pool, pool_options
from daskgen.cli._say import say
from daskgen.cli._show import showing
from daskgen.outside import disk
from daskgen.overview.card import describe_cluster
from daskgen.overview.document import make_document
from daskgen.overview.page import write_page
from daskgen.words import count

if TYPE_CHECKING:
    from daskgen.overview.document import Values
    from daskgen.spec.load import LoadedFleet

PAGE = "index.html"


@click.command("report", short_help="Write a page of the fleet, to look at in a browser.")
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help=f"Folder for the page, {PAGE}; it is made if it does not exist.",
)
@click.option("--base", metavar="REF", help="Also show what merging changes, against this revision.")
@click.option("--live", is_flag=True, help="Also show what runs, as `daskgen status` reads it.")
@context_option
@pool_options
@click.pass_obj
def command(root: Path, output: Path, base: str | None, live: bool, context: str | None, pool: Pool) -> int:
    """Write a page of the fleet: sizes and cost, who reaches whom, addresses, versions, findings.

    It is one file of HTML without links to other files, and opens without a network. Nothing is written if specs have
    errors. The same fleet gives the same bytes, but for --live, which tells its time.
    """
    if context and not live:
        raise click.UsageError("--context needs --live")
    fleet, rendered = load_and_render(root, (), pool, "text")
    with showing("text", root):
        plan = compare(fleet, root, (), base) if base else None
        state = _read_state(fleet, root, context) if live else None
    cards = make_of_each(fleet, describe_cluster, pool)
    document = make_document(root.resolve().name, fleet.fleet, cards, rendered, plan, state)
    disk.make_folder(output)
    disk.write_report(output / PAGE, write_page(document))
    say(f"{output / PAGE} shows {count(len(cards), 'cluster')}: open it in a browser", err=True)
    return 0


def _read_state(fleet: LoadedFleet, root: Path, context: str | None) -> Values:
    from daskgen.cli._states import read_fleet  # noqa: PLC0415 - takes long to load, and is of an extra
    from daskgen.overview.running import describe_live  # noqa: PLC0415

    found = read_fleet(fleet, root, (), context, drift=True)
    where = f"context {found.context} at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return describe_live(where, found.states, found.delivered)
