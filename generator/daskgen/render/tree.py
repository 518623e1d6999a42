"""Render the whole fleet as a dict from path to text: the files under base/, overlays/ and schema/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from daskgen.findings.problem import Problem, sort
from daskgen.kubernetes.totals import Totals, total
from daskgen.layers.overlay import Files, Overlay, write_base, write_overlay
from daskgen.outside.files import FLEET_FILE
from daskgen.parts.groups import Group, Member, gather
from daskgen.render import entry_points as gitops
from daskgen.render.cluster import RenderedCluster, Waived
from daskgen.render.each import make_each
from daskgen.render.keeping import Keep
from daskgen.render.operator import RenderedOperator, render_operators
from daskgen.render.resources import build_base
from daskgen.rules.delivery import check_delivery
from daskgen.rules.fleet import REPLACED, Claimed, check_gone, check_unique
from daskgen.rules.namespaces import Tenant, check_namespaces, describe_tenant
from daskgen.rules.policy import TeamMember, check_teams
from daskgen.rules.secrets import check_settings
from daskgen.spec.base import Base
from daskgen.spec.load import LoadedFleet, Settings

if TYPE_CHECKING:
    from concurrent.futures import Executor

ROOMS = ("base", "overlays", "schema")
"""Folders that hold only rendered files."""

EMPTY = "DG012"
"""Code of the problem that there is no cluster, which is ignored if the operator is rendered."""


class WrittenCluster(NamedTuple):
    """The files of a cluster's overlay, and what the rest of the fleet needs to know about it. Small, as processes
    exchange it.
    """

    name: str
    base: Base | None
    """None if the cluster has errors."""
    files: Files
    problems: tuple[Problem, ...]
    waived: tuple[Waived, ...]
    claims: Sequence[Claimed]
    totals: Totals
    labels: Mapping[str, str]
    """Labels of the cluster, which may name its team."""
    members: tuple[Member, ...] = ()
    """The cluster as a member of its group; none if it is not delivered."""
    tenant: Tenant | None = None
    """The cluster as a user of its namespace; None if the cluster has errors."""


class RenderedFleet(NamedTuple):
    """Every file of a fleet, and its problems."""

    tree: dict[str, str]
    problems: tuple[Problem, ...]
    waived: tuple[Waived, ...]
    totals: Totals
    clusters: tuple[str, ...]
    operators: tuple[str, ...] = ()
    """The name of the operator's overlay, if the fleet installs it."""
    groups: tuple[Group, ...] = ()
    """The groups of clusters that are delivered together; none if no engine delivers the fleet."""
    replaced: tuple[str, ...] = ()
    """Former names of clusters that were renamed."""
    operated: tuple[str, ...] = ()
    """Clusters that the operator runs."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all overlays."""
        return (*self.clusters, *self.operators)


def render_fleet(
    fleet: LoadedFleet, executor: Executor | None = None, only: Sequence[str] = (), keep: Keep | None = None
) -> RenderedFleet:
    """Render every cluster and the operator. With `only`, the tree has just those; rules still check all.

    Reads and writes nothing but what `keep` holds, and starts no process but those of `executor`.
    """
    return combine(fleet, make_each(fleet, write_cluster, executor, keep), only)


def combine(fleet: LoadedFleet, clusters: Sequence[WrittenCluster], only: Sequence[str] = ()) -> RenderedFleet:
    """Combine all clusters of a fleet with its operator and what delivers them, and check what must be unique."""
    settings = fleet.settings
    operators = render_operators(settings)
    delivered = (member for cluster in clusters for member in cluster.members)
    groups = gather([*gitops.find_operator_members(fleet.fleet, operators), *delivered])
    chosen = [cluster for cluster in clusters if not only or cluster.name in only]
    installed = render_operators(settings, only)
    entries = {} if only else gitops.write(gitops.find_entry_points(settings, groups), groups)
    problems = [
        *(problem for problem in fleet.problems if not (operators and problem.code == EMPTY)),
        *_check(fleet, operators, clusters, groups),
        *(problem for cluster in clusters for problem in cluster.problems),
    ]
    claims = [claim for cluster in clusters for claim in cluster.claims]
    return RenderedFleet(
        tree=_grow(chosen, installed) | entries,
        problems=sort(problems),
        waived=tuple(waived for cluster in clusters for waived in cluster.waived),
        totals=total([*(cluster.totals for cluster in chosen), *(operator.totals for operator in installed)]),
        clusters=tuple(cluster.name for cluster in clusters),
        operators=tuple(operator.name for operator in operators),
        groups=tuple(groups),
        replaced=tuple(claim.value for claim in claims if claim.unique == REPLACED),
        operated=tuple(cluster.name for cluster in clusters if cluster.base and cluster.base.engine == "operator"),
    )


def write_cluster(settings: Settings, rendered: RenderedCluster) -> WrittenCluster:
    """Write the files of a cluster's overlay."""
    rest = rendered.problems, rendered.waived, rendered.claims, rendered.totals
    cluster = rendered.cluster
    if not cluster:
        return WrittenCluster(rendered.name, None, {}, *rest, {})
    base = cluster.base
    overlay = Overlay(rendered.written.file, cluster.name, cluster.namespace.name, cluster.image, base.name)
    files = write_overlay(overlay, rendered.resources, build_base(base))
    members = tuple(gitops.find_members(settings.fleet, rendered))
    tenant = describe_tenant(cluster, rendered.written.file, rendered.resources)
    return WrittenCluster(cluster.name, base, files, *rest, cluster.labels, members, tenant)


def _check(
    fleet: LoadedFleet,
    operators: Sequence[RenderedOperator],
    clusters: Sequence[WrittenCluster],
    groups: Sequence[Group],
) -> Iterator[Problem]:
    """Find problems that only the fleet as a whole has."""
    overlays: list[RenderedOperator | WrittenCluster] = [*operators, *clusters]
    claims = [claim for overlay in overlays for claim in overlay.claims]
    names = [overlay.name for overlay in overlays]
    yield from check_unique(claims, fleet.at)
    yield from check_gone(names, fleet.fleet.removed, claims, FLEET_FILE, fleet.at)
    teams = [TeamMember(cluster.name, cluster.labels, cluster.totals) for cluster in clusters]
    yield from check_teams(teams, fleet.fleet.policy.max_per_team, FLEET_FILE, fleet.at)
    yield from check_namespaces([cluster.tenant for cluster in clusters if cluster.tenant], fleet.at)
    known = {problem.at for cluster in clusters for problem in cluster.problems if problem.code == "DG305"}
    yield from check_settings(FLEET_FILE, fleet.settings.source.value, fleet.fleet.operator.env, fleet.at, known)
    yield from check_delivery(FLEET_FILE, fleet.fleet.delivery, groups, fleet.at)


def _grow(clusters: Iterable[WrittenCluster], operators: Iterable[RenderedOperator]) -> dict[str, str]:
    tree = {f"schema/{name}": text for name, text in read_spec_schemas().items()}
    for base in sorted({cluster.base for cluster in clusters if cluster.base}):
        _plant(tree, f"base/{base.name}", write_base(build_base(base)))
    for cluster in clusters:
        _plant(tree, f"overlays/{cluster.name}", cluster.files)
    for operator in operators:
        _plant(tree, f"base/{operator.name}", operator.write_base())
        _plant(tree, f"overlays/{operator.name}", operator.write_overlay())
    return tree


def _plant(tree: dict[str, str], folder: str, files: Files) -> None:
    tree.update((f"{folder}/{name}", text) for name, text in files.items())


def read_spec_schemas() -> Files:
    """Read the JSON schemas of the spec, which editors use, by name."""
    folder = files("daskgen") / "data" / "spec"
    return {name: (folder / name).read_text("utf-8") for name in ("cluster.json", "fleet.json")}
