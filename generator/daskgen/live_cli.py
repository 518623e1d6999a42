"""How the commands about running clusters are called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from daskgen.live.workload import Order

WORKLOADS = ("mean", "sum", "pi")

context_option = click.option("--context", metavar="NAME", help="Context of the kubeconfig; the current one without.")


@click.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(("text", "env", "python", "json")), default="text")
@click.pass_obj
def connect(root: Path, name: str, form: str) -> int:
    """Show how to use a cluster: addresses, who is let in, and the lines for a notebook."""
    from daskgen.commands import explain  # noqa: PLC0415 - most commands do without

    return explain.connect(root, name, form)


@click.command()
@click.argument("name")
@context_option
@click.option(
    "--workload",
    default="mean",
    metavar="mean|sum|pi|PATH.py",
    help="What to compute; PATH.py defines run(client, size).",
)
@click.option(
    "--size", type=click.IntRange(8, 100_000), default=4000, show_default=True, help="Side of the square of numbers."
)
@click.option(
    "--via", type=click.Choice(("job", "port-forward")), default="job", show_default=True, help="Where the client runs."
)
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=120,
    show_default=True,
    help="Seconds to wait for the scheduler, for workers, and for the answer.",
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", help="How it is printed.")
@click.pass_obj
def smoke(
    root: Path, name: str, context: str | None, workload: str, size: int, via: str, timeout: float, form: str
) -> int:
    """Have a cluster do real work and check the answer; exit 1 if it is wrong or workers are missing.

    By default a Job runs the client beside the cluster, with its image and labels that its policies admit, and is
    removed afterwards. With --via port-forward, it runs on this machine.
    """
    from daskgen.commands import live  # noqa: PLC0415 - as above

    return live.smoke(root, name, context, _order(workload, size, timeout), via, form)


def _order(workload: str, size: int, timeout: float) -> Order:
    source = ""
    if workload not in WORKLOADS:
        if not workload.endswith(".py"):
            raise click.BadParameter(f"{workload} is none of {', '.join(WORKLOADS)}, nor a file that ends in .py")
        try:
            source = Path(workload).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise click.BadParameter(f"{workload} cannot be read: {error}") from None
        workload = Path(workload).stem
    return {"address": "", "workers": 0, "timeout": timeout, "workload": workload, "size": size, "source": source}


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@context_option
@click.option("--drift/--no-drift", default=True, help="Compare with what is rendered, by server-side dry runs.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", help="How it is printed.")
@click.pass_obj
def status(root: Path, names: tuple[str, ...], context: str | None, drift: bool, form: str) -> int:
    """Show clusters as they run: a line each, or all there is to know of those named. Changes nothing."""
    from daskgen.commands import live  # noqa: PLC0415 - as above

    return live.status(root, names, context, form, drift=drift)
