"""`daskgen render`: render the specs to files, or show how the files on disk differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from daskgen.cli._fleet import choose_overlays, load, load_and_render
from daskgen.cli._guard import find_rooms, find_vanished
from daskgen.cli._options import format_option, only_option
from daskgen.cli._pool import Pool, pool_options
from daskgen.cli._say import give, say
from daskgen.cli._show import show
from daskgen.cli._write import render
from daskgen.outside import disk
from daskgen.outside.disk import Changes
from daskgen.render import guards, taken
from daskgen.report import format_text
from daskgen.report.changes import diff_files, find_problems
from daskgen.yaml.write import dump_all


@click.command("render", short_help="Write base/, overlays/ and schema/ from daskgen.yaml and clusters/.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if files differ from what is rendered.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, and exit 1 if anything would.")
@click.option("--stdout", metavar="NAME", help="Print a cluster's full manifests, for kubectl apply -f -.")
@only_option
@click.option(
    "--allow-delete", "allowed", multiple=True, metavar="NAME", help="Allow to delete this cluster; may be repeated."
)
@pool_options
@format_option
@click.pass_obj
def command(
    root: Path,
    check: bool,
    diff: bool,
    stdout: str | None,
    only: tuple[str, ...],
    allowed: tuple[str, ...],
    pool: Pool,
    form: str,
) -> int:
    """Write base/, overlays/ and schema/ from daskgen.yaml and the files in clusters/.

    Writes nothing if a cluster would be deleted, unless --allow-delete, `removed` in daskgen.yaml or `renamedFrom` in
    the cluster that replaces it allows this.
    """
    if stdout:
        return print_manifests(root, stdout)
    if check or diff:
        return compare(root, only, allowed, pool, form, diff=diff)
    return render(root, only, allowed, pool, form)


def compare(root: Path, only: Sequence[str], allowed: Sequence[str], pool: Pool, form: str, *, diff: bool) -> int:
    """Show how the files on disk differ from what is rendered."""
    fleet, rendered = load_and_render(root, only, pool, form)
    changes = disk.compare(root, rendered.tree, find_rooms(only))
    vanished = find_vanished(fleet, root, rendered, only, allowed)
    found = [*guards.find_problems(fleet, vanished, rendered), *taken.find_problems(fleet, root, rendered)]
    if diff:
        for text in diff_files(root, rendered.tree, changes):
            say(text)
        if found:
            say(format_text(found), err=True)
    else:
        found += find_problems(guards.leave_out(changes, vanished))
        show(sorted([*rendered.problems, *found]), form, rendered, root)
    say(_describe_changes(changes), err=True)
    if vanished:
        say(guards.summarize(vanished, rendered), err=True)
    return int(changes.any)


def print_manifests(root: Path, name: str) -> int:
    """Print the objects that Kubernetes gets from one cluster, or from the operator."""
    [chosen] = choose_overlays(load(root), [name])
    give(dump_all(chosen.objects))
    return 0


def _describe_changes(changes: Changes) -> str:
    if not changes.any:
        return f"{changes.unchanged} files are as rendered"
    counts = {
        "missing": changes.missing,
        "changed": changes.changed,
        "stale": changes.stale,
        "foreign": changes.foreign,
    }
    return ", ".join(f"{len(paths)} {word}" for word, paths in counts.items() if paths)
