"""Define the command line: each command has a module with its options and what it does."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from daskgen import __version__
from daskgen.cli._group import CommandGroup, Entry

COMMANDS = {
    "certs": Entry("certs", "Make a development authority and the Secrets of a cluster's certificates."),
    "check": Entry("check", "Check rules, files on disk, and the fleet with kustomize and kubeconform."),
    "comment": Entry("comment", "Post the plan as a comment on the pull request of a CI job."),
    "connect": Entry("connect", "Show how to connect to a cluster: addresses, admitted clients, lines for a notebook."),
    "explain": Entry(
        "explain", "Explain a finding, such as DG301, a cluster, or a value: `explain prod workers.0.memory`."
    ),
    "image": Entry("image", "Write a Containerfile for a cluster's image with its packages."),
    "import": Entry("import_", "Turn manifests of Dask, or values of its Helm chart, into specs."),
    "init": Entry("init", "Make the repository of a fleet, or bring one up to date."),
    "new": Entry("new", "Write the file of a new cluster."),
    "pin": Entry("pin", "Write the digest of each image's tag into the specs."),
    "plan": Entry("plan", "Show what merging does to running clusters: what restarts, scales or is lost."),
    "render": Entry("render", "Write base/, overlays/ and schema/ from daskgen.yaml and clusters/."),
    "report": Entry("report", "Write a page of the fleet, to look at in a browser."),
    "smoke": Entry("smoke", "Run real work on a cluster and check the answer."),
    "status": Entry("status", "Show clusters as they run; change nothing."),
    "tools": Entry("tools", "Show which kustomize and kubeconform are used, and why."),
    "watch": Entry("watch", "Render whenever a file is saved, and say what changed."),
}
"""All commands. The module of a command is loaded when it is called, so `daskgen --help` loads none."""


@click.group(
    cls=CommandGroup,
    entries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="daskgen")
@click.option(
    "-C",
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    help="Folder of the fleet, with daskgen.yaml and clusters/.",
)
@click.pass_context
def cli(context: click.Context, root: Path) -> None:
    """Dask clusters as typed YAML in Git, rendered to checked kustomize overlays.

    Exit codes: 0 fine, 1 problems or differences, 2 wrong usage or a tool that is missing or failed, 3 a bug in
    daskgen, 130 interrupted.
    """
    context.obj = root


def main() -> NoReturn:
    """Run the command line."""
    cli.main()
