"""What merging does to clusters that run."""

from __future__ import annotations

from pathlib import Path

import click

from daskgen import disk
from daskgen.commands.choose import choose_overlays
from daskgen.git import read_revision
from daskgen.plan.fleet import Side, compare, find_side
from daskgen.plan.report import FORMATS
from daskgen.problems import ProblemsError
from daskgen.spec.load import CLUSTERS, FLEET_FILE, load_fleet


def plan(root: Path, base: str | None, form: str) -> int:
    """Say what merging does to clusters that run."""
    revision = read_revision(root, base, (FLEET_FILE, f"{CLUSTERS}/"))
    with disk.lay_out(revision.files) as folder:
        before = _find_before(folder, revision.name)
    plans = compare(before, _find_side(root))
    click.echo(FORMATS[form](plans, revision.name))
    return int(bool(plans))


def _find_side(root: Path) -> Side:
    overlays = choose_overlays(root, ())
    return find_side(load_fleet(root).fleet, overlays)


def _find_before(folder: Path, revision: str) -> Side:
    if not (folder / FLEET_FILE).is_file():
        return Side()
    try:
        return _find_side(folder)
    except ProblemsError as error:
        places = [it._replace(at=it.at._replace(file=f"{revision}:{it.at.file}")) for it in error.problems]
        raise ProblemsError(places) from None
