"""Define options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

from daskgen.outside.files import CLUSTERS, ENDING
from daskgen.report import FORMATS


def complete_cluster(context: click.Context, _: click.Parameter, start: str) -> list[str]:
    """List the clusters whose names begin with `start`, by the names of their files, for the completion of a shell."""
    root = Path(context.find_root().params.get("root") or ".")
    return sorted(path.stem for path in (root / CLUSTERS).rglob(f"{start}*{ENDING}"))


format_option = click.option(
    "--format", "form", type=click.Choice(tuple(FORMATS)), default="text", help="Format of problems."
)

only_option = click.option(
    "--only", multiple=True, metavar="NAME", shell_complete=complete_cluster, help="This cluster only; may be repeated."
)

context_option = click.option(
    "--context", metavar="NAME", help="Context of the kubeconfig; by default, the current context."
)

data_option = click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="Format of the output."
)
