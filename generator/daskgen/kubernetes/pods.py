"""Check pods like the API server, beyond schemas: fields that must be consistent with each other.

Taken from Kubernetes' `pkg/apis/core/validation/validation.go`. Pods fit the schema of a PodSpec already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from daskgen.kubernetes.addresses import is_address
from daskgen.kubernetes.amounts import check_resources
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.schema import Fault
from daskgen.kubernetes.volumes import check_mounts, check_volumes
from daskgen.paths import Path, get


def find_refused(pod: Object) -> Iterator[Fault]:
    """Find what the API server refuses in the spec of a pod although each field is valid."""
    for check in (check_containers, _check_profiles, _check_tolerations, _check_dns, _check_spread, _check_claims):
        yield from check(pod)
    yield from check_volumes(pod.get("volumes", []))
    lists: list[Path] = [("schedulingGates",), ("securityContext", "sysctls")]
    for path in lists:
        yield from find_same_names({path: get(pod, path) or ()})


def find_refused_in_part(value: Any, definition: str) -> Iterator[Fault]:
    """Find the same in a part of a pod that a spec holds by itself; paths begin in the part."""
    if definition == "Toleration":
        yield from check_toleration(value)
    if definition == "PodDNSConfig":
        yield from (fault._replace(path=fault.path[1:]) for fault in _check_dns({"dnsConfig": value}))
    if definition == "HostAlias":
        yield from (fault._replace(path=fault.path[2:]) for fault in _check_dns({"hostAliases": [value]}))


def find_same_names(lists: Mapping[Path, Sequence[Any]]) -> Iterator[Fault]:
    """Find elements that have the name of another of the same or another list; `lists` are those, by path."""
    seen: dict[str, Path] = {}
    for path, elements in lists.items():
        for index, element in enumerate(elements):
            if "name" in element and (first := seen.setdefault(element["name"], (*path, index))) != (*path, index):
                where = ".".join(map(str, first))
                yield Fault((*path, index, "name"), f"is that of {where} too", "choose another name")


def check_containers(pod: Object) -> Iterator[Fault]:
    """Find the same in the containers of a pod and their volumes."""
    lists: dict[Path, Any] = {(name,): pod.get(name, ()) for name in ("initContainers", "containers")}
    yield from find_same_names(lists)
    volumes = {volume["name"]: volume for volume in pod.get("volumes", ())}
    for path, container in _containers(pod):
        found = chain(
            find_same_names({("ports",): container.get("ports", ())}),
            check_mounts(container, volumes),
            check_resources(container.get("resources", {})),
            _check_probes(container, path[0] == "initContainers"),
        )
        yield from (fault._replace(path=(*path, *fault.path)) for fault in found)


def _containers(pod: Object) -> Iterator[tuple[Path, Object]]:
    for name in ("initContainers", "containers"):
        for index, container in enumerate(pod.get(name, ())):
            yield (name, index), container


def _check_probes(container: Object, initial: bool) -> Iterator[Fault]:
    for name in ("livenessProbe", "startupProbe"):
        if get(container, (name, "successThreshold")) not in {None, 1}:
            yield Fault((name, "successThreshold"), "must be 1", "leave it out")
    if get(container, ("readinessProbe", "terminationGracePeriodSeconds")) is not None:
        yield Fault(("readinessProbe", "terminationGracePeriodSeconds"), "is for other probes", "leave it out")
    if initial and container.get("restartPolicy") != "Always":
        for name in sorted({"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}.intersection(container)):
            yield Fault((name,), "is not for containers that end", "leave it out, or write restartPolicy: Always")


def lacks_name_servers(policy: str | None, config: Mapping[str, Any] | None) -> bool:
    """Return whether a pod has no name server: its policy is None, and its dnsConfig names none."""
    return policy == "None" and not get(config, ("nameservers",))


def _check_dns(pod: Object) -> Iterator[Fault]:
    servers = get(pod, ("dnsConfig", "nameservers")) or ()
    if lacks_name_servers(pod.get("dnsPolicy"), pod.get("dnsConfig")):
        yield Fault(("dnsConfig", "nameservers"), "must not be empty with dnsPolicy None", "write a name server")
    written: dict[Path, str] = {("dnsConfig", "nameservers", index): text for index, text in enumerate(servers)}
    written |= {
        ("hostAliases", index, "ip"): alias.get("ip", "") for index, alias in enumerate(pod.get("hostAliases", ()))
    }
    for path, text in written.items():
        if not is_address(text):
            yield Fault(path, f"must not be {text}", "write an IP address such as 10.9.8.7")


def _check_spread(pod: Object) -> Iterator[Fault]:
    for index, constraint in enumerate(pod.get("topologySpreadConstraints", ())):
        if "minDomains" in constraint and constraint["whenUnsatisfiable"] != "DoNotSchedule":
            hint = "leave it out, or write whenUnsatisfiable: DoNotSchedule"
            path = ("topologySpreadConstraints", index, "minDomains")
            yield Fault(path, f"is not for {constraint['whenUnsatisfiable']}", hint)


def _check_claims(pod: Object) -> Iterator[Fault]:
    known = {claim["name"] for claim in pod.get("resourceClaims", ())}
    for path, container in _containers(pod):
        for index, claim in enumerate(get(container, ("resources", "claims")) or ()):
            if claim["name"] not in known:
                message = f"names no claim of the pod: {claim['name']}"
                yield Fault((*path, "resources", "claims", index, "name"), message, "add it to resourceClaims")


def _check_profiles(pod: Object) -> Iterator[Fault]:
    """Check profiles of seccomp and AppArmor: only those of type Localhost have a name."""
    for path, holder in (((), pod), *_containers(pod)):
        for field in ("seccompProfile", "appArmorProfile"):
            profile = get(holder, ("securityContext", field)) or {}
            place = (*path, "securityContext", field, "localhostProfile")
            if (profile.get("type") == "Localhost") != bool(profile.get("localhostProfile")):
                yield Fault(place, "belongs to type Localhost, which needs it", "write both or neither")


def _check_tolerations(pod: Object) -> Iterator[Fault]:
    for index, toleration in enumerate(pod.get("tolerations", ())):
        yield from (fault._replace(path=("tolerations", index, *fault.path)) for fault in check_toleration(toleration))


def check_toleration(toleration: Object) -> Iterator[Fault]:
    """Find fields of a toleration that contradict each other."""
    if not toleration.get("key") and toleration.get("operator") != "Exists":
        yield Fault(("operator",), "must be Exists without a key", "write operator: Exists")
    if toleration.get("operator") == "Exists" and toleration.get("value"):
        yield Fault(("value",), "must be empty with operator Exists", "leave it out")
    if "tolerationSeconds" in toleration and toleration.get("effect") != "NoExecute":
        yield Fault(("tolerationSeconds",), "is only for effect NoExecute", "write effect: NoExecute, or leave it out")
