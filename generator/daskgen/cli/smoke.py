"""`daskgen smoke`: run real work on a cluster."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import click

from daskgen.cli._fleet import choose_clusters, load
from daskgen.cli._options import complete_cluster, context_option, data_option
from daskgen.cli._say import say
from daskgen.live import smoke_report
from daskgen.live.smoke import Smoke, smoke
from daskgen.live.workload import WORKLOADS, Order
from daskgen.outside.kubernetes import connect


@click.command("smoke", short_help="Run real work on a cluster and check the answer.")
@click.argument("name", shell_complete=complete_cluster)
@context_option
@click.option(
    "--workload",
    default="mean",
    metavar=f"{'|'.join(WORKLOADS)}|PATH.py",
    help="What to compute; PATH.py defines run(client, size).",
)
@click.option(
    "--size",
    type=click.IntRange(8, 100_000),
    default=4000,
    show_default=True,
    help="Length of the sides of a square matrix.",
)
@click.option(
    "--via",
    type=click.Choice(("job", "port-forward")),
    default="job",
    show_default=True,
    help="Place where the client runs.",
)
@click.option(
    "--notebook",
    default="",
    metavar="NAME",
    help="Notebook of the cluster, such as jupyter, whose image the client runs in, to compare its versions.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=120,
    show_default=True,
    help="Seconds for the whole run; once the scheduler is ready, workers have half of the remaining time.",
)
@data_option
@click.pass_obj
def command(
    root: Path,
    name: str,
    context: str | None,
    workload: str,
    size: int,
    via: str,
    notebook: str,
    timeout: float,
    form: str,
) -> int:
    """Run real work on a cluster and check the answer; exit 1 if it is wrong or workers are missing.

    By default, a Job runs the client in the namespace of the cluster, with its image and with labels that its network
    policies admit, and is deleted afterwards. With --via port-forward, the client runs on this machine.
    """
    if notebook and via != "job":
        raise click.BadParameter("--notebook needs --via job: the client runs in an image")
    end = time.monotonic() + timeout
    order = _order(workload, size, timeout)
    [cluster] = choose_clusters(load(root), [name])

    async def work() -> Smoke:
        kubernetes = await connect(context)
        rest: Order = {**order, "timeout": max(1, end - time.monotonic())}
        return await smoke(kubernetes, cluster, rest, via, lambda text: say(text, err=True), notebook)

    result = asyncio.run(work())
    say({"text": smoke_report.format_text, "json": smoke_report.format_json}[form](result))
    return int(not result.passed)


def _order(workload: str, size: int, timeout: float) -> Order:
    """Create the order from the options. A workload that daskgen does not know by name is read from a file."""
    source = ""
    if workload not in WORKLOADS:
        if not workload.endswith(".py"):
            raise click.BadParameter(
                f"{workload} is not one of {', '.join(WORKLOADS)}, and not a file that ends in .py"
            )
        try:
            source = Path(workload).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise click.BadParameter(f"{workload} cannot be read: {error}") from None
        workload = Path(workload).stem
    return {"address": "", "workers": 0, "timeout": timeout, "workload": workload, "size": size, "source": source}
