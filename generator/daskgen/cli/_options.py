"""Define options that several commands have."""

from __future__ import annotations

import os

import click

from daskgen.report import FORMATS

format_option = click.option(
    "--format", "form", type=click.Choice(tuple(FORMATS)), default="text", help="Format of problems."
)

jobs_option = click.option(
    "-j", "--jobs", type=click.IntRange(1), default=os.cpu_count(), help="Processes for large fleets."
)

only_option = click.option("--only", multiple=True, metavar="NAME", help="This cluster only; may be repeated.")

context_option = click.option(
    "--context", metavar="NAME", help="Context of the kubeconfig; by default, the current context."
)

data_option = click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="Format of the output."
)
