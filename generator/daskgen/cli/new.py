"""`daskgen new`: write the file of a new cluster."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import get_args

import click

from daskgen.cli._fleet import load, refuse_name
from daskgen.cli._options import complete_cluster
from daskgen.cli._say import say
from daskgen.cli._show import show
from daskgen.model.patterns import SERVICE_NAME
from daskgen.outside import disk
from daskgen.outside.files import CLUSTERS
from daskgen.render.tree import render_fleet
from daskgen.spec.base import Kind
from daskgen.spec.load import LoadedFleet, load_cluster
from daskgen.starting.clusters import copy_cluster
from daskgen.starting.files import start_cluster


def _check_name(_: click.Context, __: click.Parameter, name: str) -> str:
    if not re.fullmatch(SERVICE_NAME, name):
        raise click.BadParameter(f"{name} is not the name of a cluster: use small letters, digits and -")
    return name


@click.command("new", short_help="Write the file of a new cluster.")
@click.argument("name", callback=_check_name)
@click.option("--like", metavar="OTHER", shell_complete=complete_cluster, help="Copy the file of this cluster.")
@click.option("--kind", type=click.Choice(get_args(Kind)), help="Kind of the cluster; by default, DaskCluster.")
@click.pass_obj
def command(root: Path, name: str, like: str | None, kind: Kind | None) -> int:
    """Write clusters/NAME.yaml: a cluster to begin with, or a copy of another.

    Prints what is still to be edited, such as a host that the other cluster has.
    """
    if like and kind:
        raise click.UsageError("--like takes the kind of the other cluster; leave out --kind")
    fleet = load(root)
    other = _find(fleet, like) if like else ""
    file = str((PurePosixPath(other).parent if other else PurePosixPath(CLUSTERS)) / f"{name}.yaml")
    text = copy_cluster(fleet.files[other], other) if other else start_cluster(name, kind or "DaskCluster")
    if disk.compare(root, {file: text}, ()).missing != (file,):
        raise click.UsageError(f"{file} exists already")
    later = fleet._replace(files=replace(fleet.files, contents={**fleet.files.contents, file: text.encode()}))
    kept = disk.open_kept()
    found = set(render_fleet(later, keep=kept).problems) - set(render_fleet(fleet, keep=kept).problems)
    disk.write(root, {file: text}, (CLUSTERS,))
    show(sorted(found), "text", root=root)
    say(f"written: {file}\nnext: edit it, then daskgen render", err=True)
    return 0


def _find(fleet: LoadedFleet, name: str) -> str:
    """Find the file of a cluster; end the command if there is none."""
    names = {_read_name(fleet, file): file for file in fleet.clusters}
    if name not in names:
        refuse_name(name, list(names))
    return names[name]


def _read_name(fleet: LoadedFleet, file: str) -> str:
    cluster = load_cluster(fleet.settings, fleet.read(file)).cluster
    return cluster.name if cluster else PurePosixPath(file).stem
