"""Take out of a draft's pods what daskgen decides itself: the command, ports, probes, the spread of workers.

The rest can be compared with what is rendered, place by place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.importing.draft import OWN, Draft, Part, find_container
from daskgen.importing.drafting.noted import remove_noted
from daskgen.importing.drafting.process import take_process
from daskgen.importing.reasons import (
    AUTOSCALED,
    LOOSE,
    NAMED,
    PREPARED,
    SECURED,
    STARTED,
    TIMED,
)
from daskgen.kubernetes import labels
from daskgen.kubernetes.labels import QUEUE, QUEUE_PRIORITY
from daskgen.parts.context import EVERY_ADDRESS
from daskgen.parts.placement import HOST
from daskgen.parts.queue import read_queue
from daskgen.parts.workers import WorkerGroup
from daskgen.paths import Path, get
from daskgen.rules.fit import OUR_VARIABLES
from daskgen.spec.cluster import ENGINES

APART = ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution")

GRACE: Path = ("spec", "terminationGracePeriodSeconds")
FILLED_IN = 30

HOSTS: Path = ("spec", "hostAliases")


def remove_decided(draft: Draft) -> None:
    """Take out of a draft what daskgen decides itself, and note the reasons."""
    remove_noted(draft)
    for number, part in enumerate(draft.workers):
        if "replicas" in part.tree and (part.group in draft.ranges or (draft.limits and not number)):
            part.explain(("replicas",), AUTOSCALED if part.group in draft.ranges else STARTED)
    _take_families(draft)
    for part in draft.pods:
        part.several_workers = ENGINES.variants[draft.engine].several_workers
        _take_spread(part)
        _take_aliases(part)
        _take_labels(part)
        _take_queue(draft, part)
        if part.role == "workers" and get(part.tree, GRACE) == FILLED_IN:
            part.explain(GRACE, TIMED)
        _take_security(part, ("spec", "securityContext"))
        index = find_container(part)
        if index is not None:
            _take_container(part, ("spec", "containers", index))


def _take_container(part: Part, here: Path) -> None:
    take_process(part, here)
    _take_security(part, (*here, "securityContext"))
    for index in reversed(range(len(get(part.tree, (*here, "env")) or []))):
        if get(part.tree, (*here, "env", index, "name")) in OUR_VARIABLES:
            part.explain((*here, "env", index), PREPARED)
    if get(part.tree, (*here, "name")) != OWN[part.role]:
        part.mention((*here, "name"), NAMED)
        part.put((*here, "name"), OWN[part.role])


def _take_security(part: Part, here: Path) -> None:
    context = get(part.tree, here)
    for field, values in LOOSE.items() if isinstance(context, Mapping) else ():
        if field in context and context[field] in values:
            part.explain((*here, field), SECURED)
    if get(part.tree, (*here, "capabilities", "add")):
        part.explain((*here, "capabilities", "add"), SECURED)


def _take_labels(part: Part) -> None:
    for key in sorted(set(labels.OURS).intersection(get(part.tree, ("metadata", "labels")) or {})):
        part.explain(("metadata", "labels", key), NAMED)


def _take_families(draft: Draft) -> None:
    """Say the families of the Service as `network.ipFamilies`, unless they are those that every cluster has."""
    families = get(draft.service.tree, ("ipFamilies",)) or []
    if "IPv6" in families:
        draft.spec["network"] = {**draft.spec.get("network", {}), "ipFamilies": families}
        draft.service.explain(("ipFamilies",), field="network.ipFamilies")


def _take_aliases(part: Part) -> None:
    """Leave out the entry of /etc/hosts that daskgen writes for pods with IPv6 addresses alone."""
    entries = get(part.tree, HOSTS) or []
    for index in reversed(range(len(entries))):
        if get(entries[index], ("hostnames",)) == [EVERY_ADDRESS]:
            part.explain((*HOSTS, index), PREPARED)
    if entries:
        _prune(part, HOSTS)


def _take_queue(draft: Draft, part: Part) -> None:
    """Say the labels of Kueue on workers, or on their Deployment alone, as `queue`."""
    name = WorkerGroup.model_construct(name=part.group).object_name
    own = [one for one in draft.objects if (one.kind, one.name) == ("Deployment", name)]
    for holder in [part, *own] if part.role == "workers" else ():
        found = get(holder.tree, ("metadata", "labels")) or {}
        if queue := read_queue(found):
            part.fields["queue"] = queue
            for key in sorted({QUEUE, QUEUE_PRIORITY}.intersection(found)):
                holder.explain(("metadata", "labels", key), field="queue")


def _take_spread(part: Part) -> None:
    """Keep as `spread` that the affinity asks for, or requires, different hosts for the pods of the group."""
    for path, strength in _find_own_terms(part):
        if part.role == "workers":
            part.spread = strength if part.spread != "required" else part.spread
            part.explain(path, field="spread")
            _prune(part, path[:-1])


def _find_own_terms(part: Part) -> Iterator[tuple[Path, str]]:
    for rule in APART:
        path: Path = ("spec", "affinity", "podAntiAffinity", rule)
        terms = get(part.tree, path)
        for index in reversed(range(len(terms) if isinstance(terms, list) else 0)):
            term = get(terms, (index, "podAffinityTerm")) or terms[index]
            if _is_own(term, get(part.tree, ("metadata", "labels")) or {}):
                yield (*path, index), rule.partition("During")[0]


def _is_own(term: Any, pod_labels: Mapping[str, Any]) -> bool:
    """Return whether a term keeps pods with these labels on different hosts."""
    if not isinstance(term, Mapping) or set(term) != {"topologyKey", "labelSelector"} or term["topologyKey"] != HOST:
        return False
    selector = term["labelSelector"] or {}
    expressions = selector.get("matchExpressions") or []
    chosen = [
        (expression.get("key"), expression.get("values") or [])
        for expression in expressions
        if expression.get("operator") == "In"
    ]
    chosen += [(key, [value]) for key, value in (selector.get("matchLabels") or {}).items()]
    known = len(chosen) == len(expressions) + len(selector.get("matchLabels") or {})
    return (
        bool(chosen)
        and known
        and all(key == labels.INSTANCE or pod_labels.get(key) in values for key, values in chosen)
    )


def _prune(part: Part, path: Path) -> None:
    """Take out the maps and lists that are empty now, up to the pod."""
    while len(path) > 1 and not get(part.tree, path):
        get(part.tree, path[:-1]).pop(path[-1])
        path = path[:-1]
