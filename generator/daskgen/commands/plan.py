"""What merging does to clusters that run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from daskgen import disk
from daskgen.commands.choose import choose_overlays
from daskgen.git import Revision, read_revision
from daskgen.installation import Installation
from daskgen.plan.comment import format_comment
from daskgen.plan.fleet import compare
from daskgen.plan.groups import Plan
from daskgen.plan.report import FORMATS
from daskgen.problems import ProblemsError
from daskgen.report import format_text
from daskgen.review import Prepared
from daskgen.spec.load import CLUSTERS, FLEET_FILE


def plan(root: Path, base: str | None, form: str, output: Path | None) -> int:
    """Say what merging does to clusters that run."""
    try:
        found = _compare(root, base)
    except ProblemsError as error:
        click.echo(format_text(error.problems), err=True)
        return 2  # what happens cannot be told, which is not the same as that something happens
    return _show(found, form, output)


def _show(found: Plan, form: str, output: Path | None) -> int:
    whole = FORMATS[form](found)
    if output:
        disk.write_report(output, f"{whole}\n")
    click.echo(format_comment(found, output.name if output else "") if form == "markdown" else whole)
    return int(bool(found.clusters))


def _compare(root: Path, base: str | None) -> Plan:
    revision = read_revision(root, base, (FLEET_FILE, f"{CLUSTERS}/"))
    after = choose_overlays(root, ())
    with disk.lay_out(revision.files) as folder:
        before = _choose_before(folder, revision, _find_unchanged(root, revision, after))
    return Plan(revision.name, tuple(compare(before, after)))


def _find_unchanged(root: Path, revision: Revision, after: Sequence[Prepared | Installation]) -> Mapping[str, Prepared]:
    """Clusters whose rendering is what it was, by their files: it depends on these and daskgen.yaml alone."""
    same = {file for file, data in revision.files.items() if disk.read_bytes(root, file) == data}
    clusters = (it for it in after if isinstance(it, Prepared))
    return {it.written.file: it for it in clusters if {it.written.file, FLEET_FILE} <= same}


def _choose_before(folder: Path, revision: Revision, known: Mapping[str, Prepared]) -> list[Prepared | Installation]:
    if not (folder / FLEET_FILE).is_file():
        return []
    try:
        return choose_overlays(folder, (), known)
    except ProblemsError as error:
        places = [it._replace(at=it.at._replace(file=f"{revision.name}:{it.at.file}")) for it in error.problems]
        raise ProblemsError(places) from None
