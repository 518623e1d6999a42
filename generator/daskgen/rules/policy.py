"""Rules of the platform team: `policy` in daskgen.yaml limits registries, hosts, namespaces and amounts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from daskgen.findings.finding import Finding
from daskgen.findings.problem import Problem
from daskgen.kubernetes import quantity
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.totals import Totals, add_up, total
from daskgen.paths import Path, get
from daskgen.rules import Rule, RuleContext
from daskgen.rules.fleet import Locate
from daskgen.rules.images import find_images
from daskgen.spec.policy import Amounts, Team
from daskgen.words import name_some

HOSTS: Mapping[str, tuple[Path, ...]] = {
    "Ingress": (("spec", "rules", "*", "host"),),
    "Route": (("spec", "host"),),
    "HTTPRoute": (("spec", "hostnames", "*"),),
    "TLSRoute": (("spec", "hostnames", "*"),),
}
"""Kinds to the places of their host names."""

GPU = re.compile(r".+/(gpu(\..+)?|mig-.+|i915|xe)")
"""Names of resources that are GPUs or parts of them: NVIDIA's, AMD's and Intel's device plugins."""

FEW = 5


def check_registries(context: RuleContext) -> Iterator[Finding]:
    """Refuse images of registries that the policy does not name."""
    allowed = context.policy.registries
    for used in find_images(context) if allowed else ():
        name = used.image.name
        if not any(name == registry or name.startswith(f"{registry.rstrip('/')}/") for registry in allowed):
            message = f"{used.title}: the policy does not allow the registry of {name}"
            yield Finding(used.path, "DG290", message, f"allowed: {', '.join(allowed)}")


def check_hosts(context: RuleContext) -> Iterator[Finding]:
    """Refuse host names that the policy does not name."""
    allowed = context.policy.hosts
    for resource in context.resources if allowed else ():
        for place in HOSTS.get(resource.key[0], ()):
            for path, host in _find_values(resource.body, place):
                if not any(fnmatchcase(host, pattern) for pattern in allowed):
                    message = f"the policy does not allow the host {host}"
                    origin = context.origin(resource, *path)
                    field = (*origin, "host") if origin[0] == "expose" else origin
                    yield Finding(field, "DG291", message, f"allowed: {', '.join(allowed)}")


def _find_values(body: Object, place: Path) -> Iterator[tuple[Path, str]]:
    """Find the texts at a place, in which `*` stands for every element of a list."""
    if "*" not in place:
        found = [(place, get(body, place))]
    else:
        index = place.index("*")
        elements = get(body, place[:index]) or []
        paths = [(*place[:index], number, *place[index + 1 :]) for number in range(len(elements))]
        found = [(path, get(body, path)) for path in paths]
    yield from ((path, value) for path, value in found if isinstance(value, str))


def check_namespace(context: RuleContext) -> Iterator[Finding]:
    """Refuse a namespace that the policy does not name."""
    allowed, name = context.policy.namespaces, context.cluster.namespace.name
    if allowed and not any(fnmatchcase(name, pattern) for pattern in allowed):
        message = f"the policy does not allow the namespace {name}"
        yield Finding(("namespace",), "DG292", message, f"allowed: {', '.join(allowed)}")


def check_labels(context: RuleContext) -> Iterator[Finding]:
    """Refuse a cluster without the labels that the policy requires."""
    wanted = dict.fromkeys(context.policy.required_labels)
    if context.policy.max_per_team:
        wanted[context.policy.max_per_team.label] = None
    for label in wanted:
        if label not in context.cluster.labels:
            message = f"labels: the policy requires the label {label}"
            yield Finding(("labels",), "DG293", message, f"for example labels: {{{label}: analytics}}")


def check_amounts(context: RuleContext) -> Iterator[Finding]:
    """Refuse a cluster that requests more than the policy allows."""
    limits = context.policy.max_per_cluster
    if limits == Amounts():
        return
    for over in _find_excess(add_up(resource.body for resource in context.resources), limits):
        message = f"the cluster requests {over.wanted}, but the policy allows {over.allowed}"
        yield Finding(("workers",), "DG294", message, "request less, or raise policy.maxPerCluster")


class Excess(NamedTuple):
    """An amount that is more than allowed: the field of the policy, and both in words."""

    field: str
    wanted: str
    allowed: str


def _find_excess(totals: Totals, limits: Amounts) -> Iterator[Excess]:
    gpus = sum(amount for name, amount in totals.others if GPU.fullmatch(name))
    if limits.cpu and totals.millicores > 1000 * quantity.parse(limits.cpu):
        yield Excess("cpu", f"{totals.millicores / 1000:g} cores", limits.cpu)
    if limits.memory and totals.memory > quantity.parse(limits.memory):
        yield Excess("memory", f"{quantity.format_bytes(totals.memory)} of memory", limits.memory)
    if limits.gpu is not None and gpus > limits.gpu:
        yield Excess("gpu", f"{gpus} GPUs", str(limits.gpu))
    if limits.workers is not None and totals.workers > limits.workers:
        yield Excess("workers", f"{totals.workers} workers", str(limits.workers))


class TeamMember(NamedTuple):
    """A cluster of a team."""

    name: str
    labels: Mapping[str, str]
    totals: Totals


def check_teams(clusters: Iterable[TeamMember], limits: Team | None, file: str, locate: Locate) -> Iterator[Problem]:
    """Refuse teams whose clusters request more together than the policy allows."""
    teams: dict[str, list[TeamMember]] = defaultdict(list)
    for cluster in clusters if limits else ():
        if limits and limits.label in cluster.labels:
            teams[cluster.labels[limits.label]].append(cluster)
    for team, members in teams.items():
        for over in _find_excess(total(member.totals for member in members), limits or Amounts()):
            at = locate(file, ("policy", "maxPerTeam", over.field))
            names = name_some([member.name for member in members], FEW)
            message = f"policy.maxPerTeam: team {team} requests {over.wanted}, but {over.allowed} are allowed"
            yield Problem(at, "DG295", message, f"its clusters: {names}")


RULES: tuple[Rule, ...] = (check_registries, check_hosts, check_namespace, check_labels, check_amounts)
