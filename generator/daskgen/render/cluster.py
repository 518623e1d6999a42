"""Render a cluster: load its file, build and patch its objects, and apply every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import NamedTuple

from daskgen.findings.finding import Finding
from daskgen.findings.problem import Position, Problem
from daskgen.kubernetes.claims import names_of
from daskgen.kubernetes.objects import Resource
from daskgen.kubernetes.totals import Totals, add_up
from daskgen.layers.truth import Identity
from daskgen.paths import Path
from daskgen.render.overlay import RenderedOverlay
from daskgen.render.patches import apply
from daskgen.render.resources import build, describe_own
from daskgen.rules import (
    Rule,
    RuleContext,
    commands,
    containers,
    delivered_secrets,
    delivery,
    disruption,
    egress,
    encryption,
    existing,
    exposure,
    fit,
    gpu,
    hubs,
    images,
    login,
    monitoring,
    notebooks,
    operator,
    options,
    packages,
    pod_security,
    policy,
    queues,
    reachability,
    requests,
    routes,
    scaling,
    secrets,
    sizes,
    versions,
    volumes,
    wiring,
)
from daskgen.rules.fleet import NAME, NAMESPACE, REPLACED, Claimed
from daskgen.spec.changes import Patch, Waiver
from daskgen.spec.cluster import Cluster
from daskgen.spec.load import LoadedFleet, Settings, load_cluster
from daskgen.spec.written import Written
from daskgen.yaml.read import Source

TOPICS = (
    fit,
    gpu,
    sizes,
    volumes,
    operator,
    scaling,
    delivery,
    exposure,
    pod_security,
    wiring,
    reachability,
    disruption,
    requests,
    images,
    encryption,
    egress,
    login,
    routes,
    secrets,
    delivered_secrets,
    commands,
    options,
    monitoring,
    policy,
    packages,
    containers,
    queues,
    existing,
    versions,
    notebooks,
    hubs,
)

RULES: tuple[Rule, ...] = tuple(rule for topic in TOPICS for rule in topic.RULES)


class Waived(NamedTuple):
    """A finding that the spec waives, and the reason."""

    problem: Problem
    reason: str


@dataclass(frozen=True)
class RenderedCluster(RenderedOverlay):
    """A cluster, its objects, and its problems; no cluster and no objects if its file is invalid."""

    cluster: Cluster | None = None
    problems: tuple[Problem, ...] = ()
    waived: tuple[Waived, ...] = ()

    @property
    def valid(self) -> Cluster:
        """Return the cluster. Raises `ValueError` if its file is invalid."""
        if not self.cluster:
            raise ValueError(f"{self.written.file} has errors")
        return self.cluster

    @property
    def name(self) -> str:
        """Return the cluster's name, or that of its file."""
        return self.cluster.name if self.cluster else FilePath(self.written.file).stem

    @property
    def at(self) -> Position:
        """Return the position of its file."""
        return Position(self.written.file)

    @property
    def identity(self) -> Identity:
        """Return its name, its namespace and its image."""
        return Identity(self.valid.name, self.valid.namespace.name, self.valid.image.reference)

    @property
    def patches(self) -> Sequence[Patch]:
        """Return the patches of its spec."""
        return self.valid.patches

    @property
    def totals(self) -> Totals:
        """Return the amounts that its pods request from Kubernetes."""
        return add_up(resource.body for resource in self.resources)._replace(clusters=1) if self.cluster else Totals()

    @property
    def claims(self) -> Sequence[Claimed]:
        """Return the names, hosts and ports that must be unique in the fleet."""
        return tuple(_find_claims(self.cluster, self.written.file, self.resources)) if self.cluster else ()


def render_clusters(fleet: LoadedFleet) -> list[RenderedCluster]:
    """Build every cluster of a fleet, in the order of their files."""
    return [render_cluster(fleet.settings, fleet.read(file)) for file in fleet.clusters]


def render_cluster(settings: Settings, source: Source) -> RenderedCluster:
    """Load a cluster from its file, build and patch its objects, and apply every rule to them."""
    written, cluster, problems = load_cluster(settings, source)
    if not cluster:
        return RenderedCluster(written, (), problems=problems)
    resources, findings = build_objects(cluster, settings.fleet.kubernetes)
    context = make_context(settings, cluster, resources, written)
    left, waived = _waive([finding for rule in RULES for finding in rule(context)], cluster.waive, written)
    # Without a patch that was not applied, the result differs from the spec: such a finding cannot be waived.
    patches = [_locate(finding, written) for finding in findings]
    resources = [made for made in resources if not made.template]
    return RenderedCluster(written, resources, cluster, (*problems, *patches, *left), tuple(waived))


def make_context(settings: Settings, cluster: Cluster, resources: Sequence[Resource], written: Written) -> RuleContext:
    """Return what rules read of a cluster."""
    fleet = settings.fleet
    return RuleContext(
        cluster, resources, written, fleet.operator, fleet.policy, fleet.kubernetes, fleet.delivery, fleet.openshift
    )


def build_objects(cluster: Cluster, minor: str) -> tuple[list[Resource], list[Finding]]:
    """Build and patch the objects of a cluster for Kubernetes `minor`, and find the faults of its patches."""
    resources, findings = apply(build(cluster), cluster.patches, minor)
    if cluster.is_template and not findings:
        resources, _ = apply(build(cluster, describe_own(cluster, resources)), cluster.patches, minor)
    return cluster.engine.apply_update(resources, cluster.name, cluster.image.reference), findings


def _locate(finding: Finding, written: Written) -> Problem:
    at = written.at(finding.path, key=finding.key)
    return Problem(at, finding.code, finding.message, finding.hint, finding.severity)


def _waive(
    findings: Iterable[Finding], waivers: Sequence[Waiver], written: Written
) -> tuple[list[Problem], list[Waived]]:
    reasons = {waiver.rule: waiver.reason for waiver in waivers}
    problems = [_locate(finding, written) for finding in findings]
    waived = [Waived(problem, reasons[problem.code]) for problem in problems if problem.code in reasons]
    used = {entry.problem.code for entry in waived}
    unused = [
        Finding(
            ("waive", index), "DG215", f"no finding of {waiver.rule} is left to waive", "remove the waiver", "warning"
        )
        for index, waiver in enumerate(waivers)
        if waiver.rule not in used
    ]
    left = [problem for problem in problems if problem.code not in reasons]
    return [*left, *(_locate(finding, written) for finding in unused)], waived


def _find_claims(cluster: Cluster, file: str, resources: Sequence[Resource]) -> Iterator[Claimed]:
    yield Claimed(NAME, cluster.name, file, ("name",))
    if cluster.renamed_from:
        yield Claimed(REPLACED, cluster.renamed_from, file, ("renamedFrom",))
    if cluster.namespace.create:
        yield Claimed(NAMESPACE, cluster.namespace.name, file, ("namespace", "create"))
    for exposed, target in cluster.find_exposures():
        for claim in exposed.claims():
            yield Claimed(claim.unique, claim.value, file, (*target.origin, claim.field))
    for index, secret in enumerate(cluster.secrets):
        yield Claimed(names_of("Secret"), f"{cluster.namespace.name}/{secret.name}", file, ("secrets", index, "name"))
    for kind, name, origin in _find_names(cluster, resources):
        yield Claimed(names_of(kind), f"{cluster.namespace.name}/{name}", file, origin)


def _find_names(cluster: Cluster, resources: Sequence[Resource]) -> Iterator[tuple[str, str, Path]]:
    """Find the kinds and names of all objects, also those that the engine's controller creates."""
    for resource in resources:
        kind, name = resource.key
        if kind != "Namespace":
            yield kind, resource.full_name or f"{cluster.name}-{name}", resource.origin
    for kind, name in cluster.engine.claims():
        yield kind, f"{cluster.name}-{name}", ("name",)
