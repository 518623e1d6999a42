"""`daskgen explain`: explain a finding, or a value of a cluster."""

from __future__ import annotations

from pathlib import Path

import click

from daskgen.cli._options import complete_cluster
from daskgen.cli._say import say
from daskgen.findings.codes import CODES
from daskgen.findings.problem import suggest
from daskgen.paths import parse_path


@click.command("explain", short_help="Explain a finding, such as DG301, or a value: `explain prod workers.0.memory`.")
@click.argument("what", required=False, metavar="[CODE|NAME]", shell_complete=complete_cluster)
@click.argument("field", required=False)
@click.pass_obj
def command(root: Path, what: str | None, field: str | None) -> int:
    """Explain a finding, such as DG301, or a value of a cluster: `explain prod workers.0.memory`.

    For a value, shows where it is written and every place in the rendered objects that depends on it. Without
    arguments, lists the codes of all findings.
    """
    if what and field:
        return explain_value(root, what, field)
    return explain_code(what) if what else list_codes()


def explain_value(root: Path, name: str, field: str) -> int:
    """Print where a value is written and what depends on it."""
    # Loaded here: they are for rendering, which `explain DG301` does not need.
    from daskgen.cli._fleet import choose_clusters, load  # noqa: PLC0415
    from daskgen.explain.outcomes import explain_all, find_value  # noqa: PLC0415
    from daskgen.explain.text import format_explanation, suggest_field  # noqa: PLC0415

    [cluster] = choose_clusters(load(root), [name])
    path = parse_path(field)
    try:
        origin = find_value(cluster, path)
    except KeyError:
        raise click.UsageError(f"cluster {name} has no field {field}; {suggest_field(cluster, path)}") from None
    say(format_explanation(field, origin, explain_all(cluster, path)))
    return 0


def explain_code(name: str) -> int:
    """Print the title and the explanation of a code."""
    row = CODES.get(name.upper())
    if not row:
        otherwise = f"for a value of a cluster, add its field: `daskgen explain {name} workers.0.memory`"
        raise click.UsageError(f"no finding has the code {name}; {suggest(name, CODES, otherwise)}")
    say(f"{name.upper()}: {row.title}\n\n{row.text}")
    return 0


def list_codes() -> int:
    """Print every code with its title."""
    say("\n".join(f"{name}  {row.title}" for name, row in CODES.items()))
    return 0
