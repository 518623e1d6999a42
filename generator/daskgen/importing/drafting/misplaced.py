"""Find fields in the wrong place or under the wrong name, and move them where there is only one right place.

Kubernetes drops unknown fields, so such manifests are accepted but do not do what they say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.findings.problem import Position, Problem
from daskgen.importing.draft import CONTAINER, Draft, Part, find_container
from daskgen.kubernetes.ports import COMM, DASHBOARD
from daskgen.parts.placement import HOST
from daskgen.paths import Path, format_path, get, walk

POD_FIELDS = frozenset(
    {
        *("affinity", "automountServiceAccountToken", "containers", "dnsConfig", "dnsPolicy", "enableServiceLinks"),
        *("hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostUsers", "imagePullSecrets", "initContainers"),
        *("nodeName", "nodeSelector", "priorityClassName", "restartPolicy", "runtimeClassName", "schedulerName"),
        *("securityContext", "serviceAccountName", "terminationGracePeriodSeconds", "tolerations"),
        *("topologySpreadConstraints", "volumes"),
    }
)
"""Fields of a pod that no map around it has."""

CONTAINER_FIELDS = frozenset(
    {
        *("args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports"),
        *("readinessProbe", "resources", "startupProbe", "volumeMounts", "workingDir"),
    }
)
"""Fields of a container that a pod does not have, or that belong to Dask's container first.
https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/"""

TYPOS: Mapping[str, str] = {
    f"{word}DuringSchedulingIgnoreDuringExecution": f"{word}DuringSchedulingIgnoredDuringExecution"
    for word in ("preferred", "required")
}

CALLED: Mapping[int, tuple[str, ...]] = {
    COMM.number: ("dashboard", "http", "web"),
    DASHBOARD.number: ("scheduler", "comm", "tcp"),
}
"""Port to words in a name that describe the other port."""


def mend(draft: Draft) -> list[Problem]:
    """Move misplaced fields of a draft and report them; names of ports are only reported, as daskgen has its own."""
    problems = [problem for part in draft.pods for problem in _mend_pod(part)]
    ports = [*_find_ports(draft.scheduler), *((draft.service, ("ports", index)) for index in _count(draft.service))]
    return problems + [problem for part, path in ports for problem in _check_port(part, path)]


def _mend_pod(part: Part) -> list[Problem]:
    """Move fields that have one right place, in three steps, since each step may reveal fields for the next."""
    problems = [_relocate(part, *move) for move in _find_misplaced(part)]
    ambiguous = list(_find_ambiguous(part))
    problems += [_relocate(part, *move) for move in _find_container_fields(part)]
    affinity: Path = ("spec", "affinity")
    typos = list(_find_typos(get(part.tree, affinity), affinity))
    problems += [_relocate(part, path, (*path[:-1], TYPOS[str(path[-1])]), "misspelt") for path in typos]
    terms = list(_find_terms(get(part.tree, affinity), affinity))
    return problems + ambiguous + [_complete_term(part, path) for path in terms]


def _find_misplaced(part: Part) -> list[tuple[Path, Path, str]]:
    """Return the fields of the pod that are beside its spec, and their right paths."""
    spec = get(part.tree, ("spec",)) or {}
    keys = sorted(POD_FIELDS.intersection(part.tree) - set(spec))
    return [((key,), ("spec", key), "a field of the pod") for key in keys]


def _find_container_fields(part: Part) -> list[tuple[Path, Path, str]]:
    """Return the fields of the only container that are beside it, and their right paths."""
    spec = get(part.tree, ("spec",)) or {}
    containers = spec.get("containers") or []
    keys = sorted(CONTAINER_FIELDS.intersection(spec) - set(containers[0])) if len(containers) == 1 else []
    return [(("spec", key), (*CONTAINER, key), "a field of the container") for key in keys]


def _find_ambiguous(part: Part) -> Iterator[Problem]:
    """Find fields of a container that are beside several containers, or beside none."""
    spec = get(part.tree, ("spec",)) or {}
    count = len(spec.get("containers") or [])
    for key in sorted(CONTAINER_FIELDS.intersection(spec)) if count != 1 else ():
        message = f"{key} is a field of a container, and there are {'several' if count else 'none'}"
        yield Problem(_at(part, ("spec", key)), "DG604", message, "indent it under the container that it is meant for")


def _complete_term(part: Part, path: Path) -> Problem:
    at = _at(part, path)
    part.put((*path, "topologyKey"), HOST)
    message = f"{path[-1]} has no topologyKey, which Kubernetes requires; {HOST} is used"
    return Problem(at, "DG604", message, severity="warning")


def _relocate(part: Part, old: Path, new: Path, what: str) -> Problem:
    at = _at(part, old)
    part.relocate(old, new)
    message = f"{old[-1]} is {what}, and Kubernetes ignores it here; it is imported as the pod's {format_path(new)}"
    return Problem(at, "DG604", message, severity="warning")


def _find_typos(value: Any, path: Path) -> Iterator[Path]:
    for key, item in value.items() if isinstance(value, dict) else ():
        if key in TYPOS:
            yield (*path, key)
        yield from _find_typos(item, (*path, key))


def _find_terms(value: Any, path: Path) -> Iterator[Path]:
    """Find affinity terms that select pods but have no topologyKey."""
    for place, term in walk(value, path):
        if place[-1] == "podAffinityTerm" and isinstance(term, dict) and "topologyKey" not in term:
            yield place


def _find_ports(part: Part) -> Iterator[tuple[Part, Path]]:
    index = find_container(part)
    if index is not None:
        path: Path = ("spec", "containers", index, "ports")
        yield from ((part, (*path, number)) for number in range(len(get(part.tree, path) or [])))


def _count(service: Part) -> range:
    return range(len(service.tree.get("ports") or []))


def _check_port(part: Part, path: Path) -> Iterator[Problem]:
    port = get(part.tree, path)
    if not isinstance(port, dict):
        return
    number, name = port.get("port", port.get("containerPort")), str(port.get("name", ""))
    if any(word in name for word in CALLED.get(number, ())):  # type: ignore[arg-type]
        right = COMM.name if number == COMM.number else DASHBOARD.name
        meaning = "the scheduler's own port" if number == COMM.number else "the dashboard's port"
        message = f"port {number} is {meaning}, but its name is {name}; daskgen names it {right}"
        yield Problem(
            _at(part, (*path, "name")), "DG606", message, "update whatever refers to the port by name", "warning"
        )


def _at(part: Part, path: Path) -> Position:
    written = part.written(path)
    if not written:
        raise LookupError(path)
    source, origin = written
    return source.at(origin, key=True)
