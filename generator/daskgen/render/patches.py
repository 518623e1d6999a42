"""Apply the patches of a spec to its rendered objects, and check the results against the schemas of their kinds.

All later steps can rely on objects that have the shape of their kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.findings.problem import suggest
from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.merge import merge_patch
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.operations import OperationError, apply_operations
from daskgen.layers.trace import find_in_patch
from daskgen.parts.placement import use_match_expressions
from daskgen.paths import Path, find_differences, get, walk
from daskgen.render.validity import find_faults, is_well_formed, report
from daskgen.spec.changes import Patch, Target
from daskgen.words import show_value

IDENTITY: tuple[Path, ...] = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))


def apply(resources: Sequence[Resource], patches: Sequence[Patch], minor: str) -> tuple[list[Resource], list[Finding]]:
    """Patch the objects for Kubernetes `minor`, and find all faults of the patches.

    A patch that cannot be applied, or whose result its kind does not allow, leaves its object unchanged.
    """
    patched = {resource.key: resource for resource in resources}
    findings: list[Finding] = []
    for index, patch in enumerate(patches):
        key = (patch.target.kind, patch.target.name)
        if key not in patched:
            findings.append(_report_missing(index, patch.target, list(patched)))
            continue
        patched[key], found = _apply(patched[key], patch, index, minor)
        findings += found
    return list(patched.values()), findings


def _apply(resource: Resource, patch: Patch, index: int, minor: str) -> tuple[Resource, list[Finding]]:
    here = ("patches", index, "patch")
    if unsupported := list(_find_directives(patch.patch)):
        return resource, [finding._replace(path=(*here, *finding.path)) for finding in unsupported]
    try:
        body = _patch(resource.body, patch.patch)
    except OperationError as error:
        return resource, [Finding((*here, error.index), "DG211", f"the patch does not apply: {error}", error.hint)]
    changed = [*_find_renaming(resource.body, body), *_find_lost(resource, body)]
    if changed:
        return resource, [
            finding._replace(path=(*here, *find_in_patch(patch.patch, body, finding.path))) for finding in changed
        ]
    faults = find_faults(body, minor)
    findings = [
        report(resource, fault, (*here, *find_in_patch(patch.patch, body, fault.fault.path))) for fault in faults
    ]
    return (resource._replace(body=body) if is_well_formed(faults) else resource), findings


def _find_directives(patch: Any) -> Iterator[Finding]:
    """Find directives of strategic merge patches that kustomize writes, or does not support."""
    for place, value in walk(patch) if isinstance(patch, dict) else ():
        for key in [key for key in value if str(key).startswith("$")] if isinstance(value, dict) else ():
            name = str(key).partition("/")[0]
            allowed = DIRECTIVES.get(name)
            if allowed is None:
                hint = "remove a field by null, an element by $patch: delete, and replace a list by {$patch: replace}"
                yield Finding((*place, key), "DG211", f"{name} is not supported in patches", hint, key=True)
            elif not place and value[key] == "delete":
                message = "a patch cannot delete an object that the spec renders"
                yield Finding((key,), "DG211", message, "change the field of the spec that renders it")
            elif value[key] not in allowed:
                message = f"{name} must be one of {', '.join(allowed)}, not {show_value(value[key])}"
                yield Finding((*place, key), "DG211", message, suggest(str(value[key]), allowed))


DIRECTIVES: Mapping[str, tuple[str, ...]] = {"$patch": ("delete", "replace")}
"""Directives of strategic merge patches for which kustomize 5.8 and `kubernetes/merge.py` do the same."""


def _patch(body: Object, patch: Any) -> Any:
    # Objects that a person selects by labels need not be this cluster's.
    meant = use_match_expressions(patch)
    if isinstance(meant, list):
        return apply_operations(body, meant)
    return merge_patch(body, meant, find_kind(body["kind"]).merge_keys)


def _report_missing(index: int, target: Target, known: list[tuple[str, str]]) -> Finding:
    names = [f"{kind} {name}" for kind, name in known]
    hint = suggest(f"{target.kind} {target.name}", names, f"there are: {', '.join(names)}")
    return Finding(
        ("patches", index, "target"), "DG210", f"the cluster has no {target.kind} {target.name} to patch", hint
    )


def _find_renaming(before: Object, after: Any) -> Iterator[Finding]:
    for path in IDENTITY:
        if get(before, path) != get(after, path):
            message = "a patch may not change an object's apiVersion, kind, name or namespace"
            yield Finding(path, "DG211", message, "remove it from the patch")
            return


def _find_lost(resource: Resource, after: Object) -> Iterator[Finding]:
    """Find what kustomize's generator of ConfigMaps does not keep: everything but the text of the one file."""
    if not resource.generated:
        return
    for path, _, _ in find_differences(resource.body, after):
        if path != ("data", resource.file) or not isinstance(get(after, path), str):
            message = f"a patch of the ConfigMap may change only the text of data.{resource.file}"
            yield Finding(path, "DG505", message, "write config, or mount a ConfigMap of your own")
