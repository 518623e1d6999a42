"""One cluster on its way: read, built, patched, and looked at by every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import NamedTuple

from daskgen.findings.finding import Finding
from daskgen.findings.problem import Position, Problem
from daskgen.kubernetes.claims import Unique
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.totals import Totals, add_up
from daskgen.layers.trace import find_origin
from daskgen.layers.truth import Identity, as_objects, personalize
from daskgen.paths import Path
from daskgen.render.patches import apply
from daskgen.render.resources import build
from daskgen.rules import Rule, Subject, delivery, fit, operator, security
from daskgen.rules.fleet import NAME, NAMESPACE, REPLACED, Claimed
from daskgen.spec.cluster import Cluster, Waiver
from daskgen.spec.load import LoadedFleet, load_source, read
from daskgen.spec.written import Written
from daskgen.yaml.read import Source

RULES: tuple[Rule, ...] = (*fit.RULES, *operator.RULES, *delivery.RULES, *security.RULES)


class Waived(NamedTuple):
    """A finding that the spec says is right here, and why."""

    problem: Problem
    reason: str


class Prepared(NamedTuple):
    """A cluster, its objects under short names, and all that is wrong with it. No cluster: its file is invalid."""

    written: Written
    cluster: Cluster | None
    resources: Sequence[Resource] = ()
    problems: tuple[Problem, ...] = ()
    waived: tuple[Waived, ...] = ()

    @property
    def name(self) -> str:
        """The cluster's name, or that of its file."""
        return self.cluster.name if self.cluster else FilePath(self.written.file).stem

    @property
    def at(self) -> Position:
        """Where it is written."""
        return Position(self.written.file)

    @property
    def valid(self) -> Cluster:
        """The cluster, where its file is valid."""
        if not self.cluster:
            raise ValueError(f"{self.written.file} has errors")
        return self.cluster

    @property
    def identity(self) -> Identity:
        """What its objects get of their own. Only of a valid cluster, as what follows."""
        return Identity(self.valid.name, self.valid.namespace.name, self.valid.image.reference)

    @property
    def truth(self) -> list[Resource]:
        """The objects under full names, in their order."""
        return personalize(self.resources, self.identity)

    @property
    def objects(self) -> list[Object]:
        """What Kubernetes gets, in the order in which it is to be applied."""
        return as_objects(self.truth)

    def locate(self, resource: Resource, path: Path, *, key: bool) -> Position:
        """Find where the place `path` of an object was written; where its key stands, if that is what is wrong."""
        origin = find_origin(resource, path, self.valid.patches, self.written.value())
        return self.written.at(origin, key=key)

    @property
    def claims(self) -> tuple[Claimed, ...]:
        """What it takes for itself in the fleet."""
        return tuple(_find_claims(self.cluster, self.written.file, self.resources)) if self.cluster else ()

    @property
    def totals(self) -> Totals:
        """What it asks for."""
        return add_up(it.body for it in self.resources)._replace(clusters=1) if self.cluster else Totals()


def prepare(fleet: LoadedFleet, root: FilePath, file: str) -> Prepared:
    """Bring the cluster of `file` to where it can be rendered or checked."""
    return prepare_source(fleet, read(root, file))


def prepare_source(fleet: LoadedFleet, source: Source) -> Prepared:
    """Bring a cluster whose file was read to where it can be rendered or checked."""
    written, cluster, problems = load_source(fleet, source)
    if not cluster:
        return Prepared(written, None, problems=problems)
    resources, findings = assemble(cluster, fleet.fleet.kubernetes)
    subject = Subject(cluster, resources, written, fleet.fleet.operator, fleet.fleet.delivery)
    findings += [finding for rule in RULES for finding in rule(subject)]
    left, waived = _waive(findings, cluster.waive, written)
    return Prepared(written, cluster, resources, (*problems, *left), tuple(waived))


def assemble(cluster: Cluster, minor: str) -> tuple[list[Resource], list[Finding]]:
    """Return every object of a cluster for Kubernetes `minor`, patches applied, and what is wrong with the patches."""
    resources, findings = apply(build(cluster), cluster.patches, minor)
    return cluster.engine.settle(resources, cluster.name, cluster.image.reference), findings


def _locate(finding: Finding, written: Written) -> Problem:
    at = written.at(finding.path, key=finding.key)
    return Problem(at, finding.code, finding.message, finding.hint, finding.severity)


def _waive(
    findings: Iterable[Finding], waivers: Sequence[Waiver], written: Written
) -> tuple[list[Problem], list[Waived]]:
    reasons = {waiver.rule: waiver.reason for waiver in waivers}
    problems = [_locate(finding, written) for finding in findings]
    waived = [Waived(it, reasons[it.code]) for it in problems if it.code in reasons]
    used = {it.problem.code for it in waived}
    unused = [
        Finding(("waive", index), "DG215", f"nothing here breaks {waiver.rule}", "take the waiver out", "warning")
        for index, waiver in enumerate(waivers)
        if waiver.rule not in used
    ]
    return [it for it in problems if it.code not in reasons] + [_locate(it, written) for it in unused], waived


def _find_claims(cluster: Cluster, file: str, resources: Sequence[Resource]) -> Iterator[Claimed]:
    yield Claimed(NAME, cluster.name, file, ("name",))
    if cluster.renamed_from:
        yield Claimed(REPLACED, cluster.renamed_from, file, ("renamedFrom",))
    if cluster.namespace.create:
        yield Claimed(NAMESPACE, cluster.namespace.name, file, ("namespace", "create"))
    for part in ("dashboard", "scheduler"):
        for claim in getattr(cluster.expose, part).claims():
            yield Claimed(claim.unique, claim.value, file, ("expose", part, claim.field))
    rendered = ((*it.key, it.origin) for it in resources if it.key[0] != "Namespace")
    made: list[tuple[str, str, Path]] = [(*it, ("name",)) for it in cluster.engine.claims()]
    for kind, name, origin in (*rendered, *made):
        yield Claimed(Unique(kind), f"{cluster.namespace.name}/{cluster.name}-{name}", file, origin)
