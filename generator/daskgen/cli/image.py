"""`daskgen image`: write a Containerfile for an image with a cluster's packages."""

from __future__ import annotations

from pathlib import Path

import click

from daskgen.cli._fleet import choose_clusters, load
from daskgen.cli._options import complete_cluster
from daskgen.cli._say import say
from daskgen.containerfile import (
    list_steps,
    list_workbench_steps,
    plan_image,
    plan_workbench,
    write_containerfile,
    write_workbench,
)
from daskgen.outside import disk
from daskgen.render.cluster import RenderedCluster


@click.command("image", short_help="Write a Containerfile for a cluster's image with its packages.")
@click.argument("name", shell_complete=complete_cluster)
@click.option("--tag", "target", metavar="IMAGE", default="", help="Name and tag of the new image.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the Containerfile to this file instead of standard output.",
)
@click.option("--workbench", is_flag=True, help="Write that of an image for workbenches of OpenShift AI.")
@click.option("--base", metavar="IMAGE", default="", help="Image on which that of workbenches is based.")
@click.pass_obj
def command(root: Path, name: str, target: str, output: Path | None, workbench: bool, base: str) -> int:
    """Write a Containerfile for the image of a cluster with the `packages` of its spec.

    Versions are pinned, Dask keeps the version of the base image, and the image does not run as root. The next steps
    are printed on standard error: the commands to build and push the image, and the edit of the spec.

    With --workbench, it is that of an image for workbenches of OpenShift AI: with Dask in the version of the cluster,
    and with what makes connections with TLS and the dashboard work. The default base is Open Data Hub's image.
    """
    [cluster] = choose_clusters(load(root), [name], only_readable=True)
    if base and not workbench:
        raise click.UsageError("--base is for --workbench; write packages.from in the spec for the cluster's image")
    file = str(output or "Containerfile")
    written = _write_workbench if workbench else _write_packages
    text, steps = written(cluster, target, base, file)
    if output:
        disk.write_report(output, text)
    else:
        say(text.removesuffix("\n"))
    say(steps, err=True)
    return 0


def _write_packages(cluster: RenderedCluster, target: str, base: str, file: str) -> tuple[str, str]:
    plan = plan_image(cluster.valid, target)
    if not plan:
        raise click.UsageError(f"{cluster.name} lists no packages; for example packages: {{pip: [optuna==4.6.0]}}")
    return write_containerfile(plan), list_steps(plan, file, cluster.written.file)


def _write_workbench(cluster: RenderedCluster, target: str, base: str, file: str) -> tuple[str, str]:
    plan = plan_workbench(cluster.valid, base, target)
    if not plan:
        tag = cluster.valid.image.tag or "which is missing"
        hint = "use one such as 2026.8.0-py3.12; or write image.dask, and give --base"
        raise click.UsageError(f"the tag of {cluster.name}'s image, {tag}, does not name Dask and Python; {hint}")
    return write_workbench(plan), list_workbench_steps(plan, file, cluster.written.file)
