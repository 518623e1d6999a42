"""`daskgen explain`: explain a finding, or a value of a cluster."""

from __future__ import annotations

import re
from pathlib import Path

import click

from daskgen.cli._options import complete_cluster
from daskgen.cli._say import say
from daskgen.findings.codes import CODES
from daskgen.findings.problem import suggest
from daskgen.paths import parse_path

CODE = re.compile(r"DG\d*", re.IGNORECASE)


@click.command(
    "explain", short_help="Explain a finding, such as DG301, a cluster, or a value: `explain prod workers.0.memory`."
)
@click.argument("what", required=False, metavar="[CODE|NAME]", shell_complete=complete_cluster)
@click.argument("field", required=False)
@click.pass_obj
def command(root: Path, what: str | None, field: str | None) -> int:
    """Explain a finding, such as DG301, a cluster, or a value of it: `explain prod workers.0.memory`.

    For a cluster, prints its whole spec with every default, and where each value comes from. For a value, shows where
    it is written and every place in the rendered objects that depends on it. Without arguments, lists the codes of all
    findings.
    """
    if not what:
        return list_codes()
    if CODE.fullmatch(what):
        return explain_code(what)
    return explain_value(root, what, field) if field else explain_cluster(root, what)


def explain_cluster(root: Path, name: str) -> int:
    """Print the whole spec of a cluster, and where each value comes from."""
    # Loaded here: they are for rendering, which `explain DG301` does not need.
    from daskgen.cli._fleet import choose_clusters, load  # noqa: PLC0415
    from daskgen.explain.spec import format_spec  # noqa: PLC0415

    [cluster] = choose_clusters(load(root), [name], only_readable=True)
    say(format_spec(cluster))
    return 0


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
        raise click.UsageError(f"no finding has the code {name}; {suggest(name, CODES, 'see daskgen explain')}")
    say(f"{name.upper()}: {row.title}\n\n{row.text}")
    return 0


def list_codes() -> int:
    """Print every code with its title."""
    say("\n".join(f"{name}  {row.title}" for name, row in CODES.items()))
    return 0
