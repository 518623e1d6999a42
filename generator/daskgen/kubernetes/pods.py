"""Check pods as the API server does where no schema can: fields that have to fit each other.

Taken from Kubernetes' `pkg/apis/core/validation/validation.go`. Pods fit the schema of a PodSpec already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from daskgen.kubernetes import quantity
from daskgen.kubernetes.addresses import is_address
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.schema import Fault
from daskgen.paths import Path, get


def find_refused(pod: Object) -> Iterator[Fault]:
    """Find what the API server refuses in the spec of a pod although each of its fields is right."""
    for check in (_check_containers, _check_seccomp, _check_tolerations, _check_dns, _check_spread, _check_claims):
        yield from check(pod)


def find_same_names(lists: Mapping[Path, Sequence[Any]]) -> Iterator[Fault]:
    """Find elements that have the name of another of the same or another list; `lists` are those, by path."""
    seen: dict[str, Path] = {}
    for path, elements in lists.items():
        for index, element in enumerate(elements):
            if "name" in element and (first := seen.setdefault(element["name"], (*path, index))) != (*path, index):
                where = ".".join(map(str, first))
                yield Fault((*path, index, "name"), f"is that of {where} too", "choose another name")


def _check_containers(pod: Object) -> Iterator[Fault]:
    lists: dict[Path, Any] = {(name,): pod.get(name, ()) for name in ("initContainers", "containers")}
    yield from find_same_names(lists)
    volumes = {volume["name"] for volume in pod.get("volumes", ())}
    for path, container in _containers(pod):
        found = chain(
            find_same_names({("ports",): container.get("ports", ())}),
            _check_mounts(container, volumes),
            _check_resources(container.get("resources", {})),
            _check_probes(container, path[0] == "initContainers"),
        )
        yield from (fault._replace(path=(*path, *fault.path)) for fault in found)


def _containers(pod: Object) -> Iterator[tuple[Path, Object]]:
    for name in ("initContainers", "containers"):
        for index, container in enumerate(pod.get(name, ())):
            yield (name, index), container


def _check_mounts(container: Object, volumes: set[str]) -> Iterator[Fault]:
    for index, mount in enumerate(container.get("volumeMounts", ())):
        if mount["name"] not in volumes:
            yield Fault(
                ("volumeMounts", index, "name"), f"names no volume of the pod: {mount['name']}", "add the volume"
            )
        if mount.get("subPath") and mount.get("subPathExpr"):
            yield Fault(("volumeMounts", index, "subPathExpr"), "excludes subPath", "write one of the two")


def _check_resources(resources: Mapping[str, Any]) -> Iterator[Fault]:
    if unreadable := list(_find_unreadable(resources)):
        yield from unreadable
        return
    limits = resources.get("limits", {})
    for name, amount in resources.get("requests", {}).items():
        if name in limits and _parse(amount) > _parse(limits[name]):
            hint = f"write at most {limits[name]}, or raise the limit"
            yield Fault(("resources", "requests", name), f"is more than the limit: {amount}", hint)
    for part, amounts in resources.items():
        for name, amount in amounts.items() if isinstance(amounts, dict) else ():
            if _is_counted(name) and _parse(amount) % 1:
                yield Fault(
                    ("resources", part, name), f"must be a whole number, not {amount}", "a device is not shared"
                )
            if _is_counted(name) and part == "requests" and name not in limits:
                yield Fault(("resources", part, name), "needs a limit of the same", "write limits too")


def _find_unreadable(resources: Mapping[str, Any]) -> Iterator[Fault]:
    """Find amounts that look like quantities and are none, such as one of a thousand digits."""
    for part, amounts in resources.items():
        for name, amount in amounts.items() if isinstance(amounts, dict) else ():
            try:
                _parse(amount)
            except ValueError:
                yield Fault(("resources", part, name), "is not a Kubernetes quantity", "write such as 500m or 4Gi")


def _is_counted(name: str) -> bool:
    """Return whether a resource is a device, which is never shared nor promised to more than one."""
    return "/" in name and not name.startswith("kubernetes.io/")


def _parse(amount: Any) -> Any:
    return quantity.parse(str(amount).removeprefix("+"))


def _check_probes(container: Object, initial: bool) -> Iterator[Fault]:
    for name in ("livenessProbe", "startupProbe"):
        if get(container, (name, "successThreshold")) not in {None, 1}:
            yield Fault((name, "successThreshold"), "must be 1", "leave it out")
    if get(container, ("readinessProbe", "terminationGracePeriodSeconds")) is not None:
        yield Fault(("readinessProbe", "terminationGracePeriodSeconds"), "is for other probes", "leave it out")
    if initial and container.get("restartPolicy") != "Always":
        for name in sorted({"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}.intersection(container)):
            yield Fault((name,), "is not for containers that end", "leave it out, or write restartPolicy: Always")


def _check_dns(pod: Object) -> Iterator[Fault]:
    servers = get(pod, ("dnsConfig", "nameservers")) or ()
    if pod.get("dnsPolicy") == "None" and not servers:
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


def _check_seccomp(pod: Object) -> Iterator[Fault]:
    for path, holder in (((), pod), *_containers(pod)):
        profile = get(holder, ("securityContext", "seccompProfile")) or {}
        place = (*path, "securityContext", "seccompProfile", "localhostProfile")
        if (profile.get("type") == "Localhost") != bool(profile.get("localhostProfile")):
            yield Fault(place, "belongs to type Localhost, which needs it", "write both or neither")


def _check_tolerations(pod: Object) -> Iterator[Fault]:
    for index, toleration in enumerate(pod.get("tolerations", ())):
        yield from (fault._replace(path=("tolerations", index, *fault.path)) for fault in check_toleration(toleration))


def check_toleration(toleration: Object) -> Iterator[Fault]:
    """Find fields of a toleration that do not fit each other."""
    if not toleration.get("key") and toleration.get("operator") != "Exists":
        yield Fault(("operator",), "must be Exists without a key", "write operator: Exists")
    if toleration.get("operator") == "Exists" and toleration.get("value"):
        yield Fault(("value",), "must be empty with operator Exists", "leave it out")
    if "tolerationSeconds" in toleration and toleration.get("effect") != "NoExecute":
        yield Fault(("tolerationSeconds",), "is for effect NoExecute alone", "write effect: NoExecute, or leave it out")
