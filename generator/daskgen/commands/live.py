"""Clusters as they run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daskgen.commands.choose import choose, choose_overlays
from daskgen.live import smoke_report, status_report
from daskgen.live.leftovers import find_leftovers
from daskgen.live.smoke import Smoke
from daskgen.live.smoke import smoke as run_smoke
from daskgen.live.state import ClusterState
from daskgen.live.status import look_at_fleet
from daskgen.outside.kubernetes import connect

if TYPE_CHECKING:
    from daskgen.live.workload import Order


def status(root: Path, names: Sequence[str], context: str | None, form: str, *, drift: bool) -> int:
    """Say how clusters are."""
    # Who may look at clusters need not have the rights to look at the operator.
    overlays = choose_overlays(root, names) if names else choose(root, ())

    async def look() -> list[ClusterState]:
        api = await connect(context)
        states = await look_at_fleet(api, overlays, drift=drift)
        return states if names else [*states, *await find_leftovers(api, overlays)]

    states = asyncio.run(look())
    formats = {
        "text": status_report.format_details if names else status_report.format_fleet,
        "json": status_report.format_json,
    }
    click.echo(formats[form](states))
    return int(not all(it.well for it in states))


def smoke(root: Path, name: str, context: str | None, order: Order, via: str, form: str) -> int:
    """Have a cluster do real work."""
    [prepared] = choose(root, [name])

    async def work() -> Smoke:
        return await run_smoke(await connect(context), prepared, order, via, lambda text: click.echo(text, err=True))

    result = asyncio.run(work())
    click.echo({"text": smoke_report.format_text, "json": smoke_report.format_json}[form](result))
    return int(not result.passed)
