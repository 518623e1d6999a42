"""Check objects like the API server, beyond schemas: fields that must be consistent with each other.

Taken from Kubernetes' `pkg/apis/{apps,core,networking,policy}/validation/validation.go`. Objects fit the schemas of
their kinds already (`kubernetes.schema`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daskgen.kubernetes import addresses, pods
from daskgen.kubernetes.kinds import POD_KEYS, find_kind, find_pods
from daskgen.kubernetes.merge import name_element
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.schema import Fault
from daskgen.kubernetes.services import check_service
from daskgen.kubernetes.volumes import check_claim
from daskgen.paths import Path, get

NEEDS_VALUES = {"In", "NotIn"}
NEEDS_NUMBER = {"Gt", "Lt"}
LONGEST_ANNOTATIONS = 256 * 1024
"""Largest size of all annotations together, in bytes."""


def find_refused(body: Object) -> Iterator[Fault]:
    """Find what the API server refuses in an object although each field is valid."""
    yield from _walk(body, find_kind(body["kind"]).merge_keys, ())
    yield from _check_annotations(body, ())
    for check in CHECKS.get(body["kind"], ()):
        yield from check(body)
    for place, pod in find_pods(body):
        yield from _check_annotations(body, place[:-1])
        yield from (fault._replace(path=(*place, *fault.path)) for fault in pods.find_refused(pod))


def find_refused_in_part(value: Any, definition: str) -> Iterator[Fault]:
    """Find the same in a part of a pod, such as an Affinity."""
    yield from _walk(value, POD_KEYS, ())
    yield from pods.find_refused_in_part(value, definition)


def _check_annotations(body: Object, place: Path) -> Iterator[Fault]:
    annotations = get(body, (*place, "metadata", "annotations")) or {}
    size = sum(len(text.encode()) for pair in annotations.items() for text in pair)
    if size > LONGEST_ANNOTATIONS:
        hint = f"write at most {LONGEST_ANNOTATIONS} bytes"
        yield Fault((*place, "metadata", "annotations"), f"must not have {size} bytes together", hint)


def _walk(value: Any, keys: Mapping[str, str], path: Path) -> Iterator[Fault]:
    """Find repeated elements and requirements without values, at any depth."""
    if isinstance(value, float) and value.is_integer() and "resources" not in path:
        yield Fault(path, f"must be a whole number, not {value}", f"write {value:.0f}")
    if isinstance(value, Mapping):
        if path[-2:-1] in {("matchExpressions",), ("matchFields",)}:
            yield from _check_requirement(value, path)
        for key, inner in value.items():
            if key in keys and isinstance(inner, list):
                yield from _find_repeated(inner, keys[key], (*path, key))
            yield from _walk(inner, keys, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, keys, (*path, index))


def _find_repeated(elements: Sequence[Any], key: str, path: Path) -> Iterator[Fault]:
    """Find elements of a list with the same merge key; the protocol is a part of that of a port."""
    fields = key.split()
    seen: dict[Any, int] = {}
    for index, element in enumerate(elements):
        protocol = element.get("protocol", "TCP") if path[-1] == "ports" else ""
        first = seen.setdefault((name_element(element, key), protocol), index)
        if first != index:
            field = next((name for name in fields if name in element), fields[0])
            yield Fault((*path, index, field), f"repeats that of {path[-1]}.{first}", "keep one of the two")


def _check_requirement(value: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """Check the values of a selector's requirement against its operator."""
    operator, values = value["operator"], value.get("values")
    if path[-2] == "matchFields" and value["key"] != "metadata.name":
        yield Fault((*path, "key"), f"must not be {value['key']}", "write metadata.name, or use matchExpressions")
    if operator in NEEDS_VALUES and not values:
        yield Fault((*path, "values"), f"must not be empty with operator {operator}", "write at least one value")
    if operator in NEEDS_NUMBER and not (isinstance(values, list) and len(values) == 1 and _is_number(values[0])):
        yield Fault((*path, "values"), f"must be one whole number with operator {operator}", 'such as ["4"]')
    if operator in {"Exists", "DoesNotExist"} and values:
        yield Fault((*path, "values"), f"must be empty with operator {operator}", "leave it out")


def _is_number(text: Any) -> bool:
    return isinstance(text, str) and text.removeprefix("-").isdecimal()


def _check_deployment(body: Object) -> Iterator[Fault]:
    yield from _check_template(body)
    yield from _check_rollout(body["spec"])


def _check_template(body: Object) -> Iterator[Fault]:
    spec, pod = body["spec"], ("spec", "template", "spec")
    selector = spec["selector"]
    if not (selector.get("matchLabels") or selector.get("matchExpressions")):
        yield Fault(("spec", "selector"), "selects no particular pods", "write matchLabels")
    elif not _selects(selector, get(body, ("spec", "template", "metadata", "labels")) or {}):
        yield Fault(
            ("spec", "selector"), "does not select the pods of template.metadata.labels", "keep both as they are"
        )
    for field in sorted({"activeDeadlineSeconds", "ephemeralContainers"}.intersection(get(body, pod) or {})):
        yield Fault((*pod, field), f"is not for the pods of a {body['kind']}", "leave it out")


def _check_rollout(spec: Object) -> Iterator[Fault]:
    strategy, place = spec.get("strategy", {}), ("spec", "strategy", "rollingUpdate")
    rolling = strategy.get("rollingUpdate", {})
    if strategy.get("type") == "Recreate" and "rollingUpdate" in strategy:
        yield Fault(place, "is not for type Recreate", "leave it out")
    if [rolling.get(field) in {0, "0%"} for field in ("maxSurge", "maxUnavailable")] == [True, True]:
        yield Fault((*place, "maxUnavailable"), "must not be 0 where maxSurge is", "raise one of the two")
    if spec.get("progressDeadlineSeconds", 600) <= spec.get("minReadySeconds", 0):
        hint = "raise progressDeadlineSeconds, which is 600 by default"
        yield Fault(("spec", "minReadySeconds"), "must be less than progressDeadlineSeconds", hint)


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Return whether a selector matches `labels`."""
    pairs = selector.get("matchLabels", {}).items()
    return pairs <= labels.items() and all(
        _meets(requirement, labels) for requirement in selector.get("matchExpressions", ())
    )


def _meets(requirement: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    found, values = labels.get(requirement["key"]), requirement.get("values", ())
    match requirement["operator"]:
        case "In":
            return found in values
        case "NotIn":
            return found not in values
        case "Exists":
            return found is not None
    return found is None


def _check_policy(body: Object) -> Iterator[Fault]:
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(get(body, ("spec", direction)) or ()):
            here = ("spec", direction, index)
            for number, peer in enumerate(rule.get(side, ())):
                block = peer.get("ipBlock", {})
                for path, message, hint in addresses.find_wrong(block.get("cidr", "::/0"), block.get("except", ())):
                    yield Fault((*here, side, number, "ipBlock", *path), message, hint)
            for number, port in enumerate(rule.get("ports", ())):
                if "endPort" in port and not (isinstance(port.get("port"), int) and port["port"] <= port["endPort"]):
                    yield Fault((*here, "ports", number, "endPort"), "needs a number in port that is not larger")


def _check_budget(body: Object) -> Iterator[Fault]:
    if {"maxUnavailable", "minAvailable"} <= body["spec"].keys():
        yield Fault(("spec", "minAvailable"), "excludes maxUnavailable", "write one of the two")


def _check_ingress(body: Object) -> Iterator[Fault]:
    for index, rule in enumerate(get(body, ("spec", "rules")) or ()):
        for number, entry in enumerate(get(rule, ("http", "paths")) or ()):
            path = entry.get("path", "")
            if entry["pathType"] != "ImplementationSpecific" and not is_plain(path):
                place = ("spec", "rules", index, "http", "paths", number, "path")
                yield Fault(
                    place, f"must not be the text {path}", "write it without '//', '.' and '..' between slashes"
                )


def is_plain(path: str) -> bool:
    """Return whether the API server accepts a path of type Prefix or Exact."""
    steps = path.split("/")[1:]
    inner = steps[:-1] if steps and not steps[-1] else steps
    return path.startswith("/") and not {"", ".", ".."}.intersection(inner) and "%2f" not in path.lower()


def _check_claim(body: Object) -> Iterator[Fault]:
    yield from (fault._replace(path=("spec", *fault.path)) for fault in check_claim(body["spec"]))


CHECKS = {
    "Deployment": (_check_deployment,),
    "Ingress": (_check_ingress,),
    "NetworkPolicy": (_check_policy,),
    "PersistentVolumeClaim": (_check_claim,),
    "PodDisruptionBudget": (_check_budget,),
    "Service": (check_service,),
    "StatefulSet": (_check_template,),
}
