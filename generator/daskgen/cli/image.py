"""`daskgen image`: write a Containerfile for an image with a cluster's packages."""

from __future__ import annotations

from pathlib import Path

import click

from daskgen.cli._fleet import choose_clusters, load
from daskgen.cli._options import complete_cluster
from daskgen.cli._say import say
from daskgen.containerfile import list_steps, plan_image, write_containerfile
from daskgen.outside import disk


@click.command("image", short_help="Write a Containerfile for a cluster's image with its packages.")
@click.argument("name", shell_complete=complete_cluster)
@click.option("--tag", "target", metavar="IMAGE", default="", help="Name and tag of the new image.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the Containerfile to this file instead of standard output.",
)
@click.pass_obj
def command(root: Path, name: str, target: str, output: Path | None) -> int:
    """Write a Containerfile for the image of a cluster with the `packages` of its spec.

    Versions are pinned, Dask keeps the version of the base image, and the image does not run as root. The next steps
    are printed on standard error: the commands to build and push the image, and the edit of the spec.
    """
    [cluster] = choose_clusters(load(root), [name], only_readable=True)
    plan = plan_image(cluster.valid, target)
    if not plan:
        raise click.UsageError(f"{name} lists no packages; for example packages: {{pip: [optuna==4.6.0]}}")
    if output:
        disk.write_report(output, write_containerfile(plan))
    else:
        say(write_containerfile(plan).removesuffix("\n"))
    say(list_steps(plan, str(output or "Containerfile"), cluster.written.file), err=True)
    return 0
