"""What merging does to clusters that run."""

from __future__ import annotations

from pathlib import Path

import click

from daskgen import disk
from daskgen.commands.choose import choose_overlays
from daskgen.git import read_revision
from daskgen.installation import Installation
from daskgen.plan.fleet import compare
from daskgen.plan.report import FORMATS
from daskgen.problems import ProblemsError
from daskgen.review import Prepared
from daskgen.spec.load import CLUSTERS, FLEET_FILE


def plan(root: Path, base: str | None, form: str) -> int:
    """Say what merging does to clusters that run."""
    revision = read_revision(root, base, (FLEET_FILE, f"{CLUSTERS}/"))
    with disk.lay_out(revision.files) as folder:
        before = _choose_before(folder, revision.name)
    plans = compare(before, choose_overlays(root, ()))
    click.echo(FORMATS[form](plans, revision.name))
    return int(bool(plans))


def _choose_before(folder: Path, revision: str) -> list[Prepared | Installation]:
    if not (folder / FLEET_FILE).is_file():
        return []
    try:
        return choose_overlays(folder, ())
    except ProblemsError as error:
        places = [it._replace(at=it.at._replace(file=f"{revision}:{it.at.file}")) for it in error.problems]
        raise ProblemsError(places) from None
