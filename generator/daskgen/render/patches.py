"""Applies the patches of a spec to its rendered objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.findings.problem import suggest
from daskgen.kubernetes.merge import KEYS, merge_patch
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.operations import apply_operations
from daskgen.parts.placement import keep_strangers
from daskgen.spec.cluster import Patch, Target


def apply(resources: Sequence[Resource], patches: Sequence[Patch]) -> tuple[list[Resource], list[Finding]]:
    """Patch the objects, and say which patches could not be applied."""
    patched = {it.key: it for it in resources}
    findings: list[Finding] = []
    for index, patch in enumerate(patches):
        key = (patch.target.kind, patch.target.name)
        if key not in patched:
            findings.append(_report_missing(index, patch.target, list(patched)))
            continue
        try:
            body = _patch(patched[key].body, patch.patch)
        except ValueError as error:
            findings.append(Finding(("patches", index, "patch"), "DG211", f"the patch does not apply: {error}"))
            continue
        findings += _report_renaming(index, patched[key].body, body)
        patched[key] = patched[key]._replace(body=body)
    return list(patched.values()), findings


def _patch(body: Object, patch: Any) -> Object:
    # What a person selects by labels is theirs, not this cluster's.
    meant = keep_strangers(patch)
    if isinstance(meant, list):
        return apply_operations(body, meant)
    merged: Object = merge_patch(body, meant, KEYS.get(body["kind"], {}))
    return merged


def _report_missing(index: int, target: Target, known: list[tuple[str, str]]) -> Finding:
    names = [f"{kind} {name}" for kind, name in known]
    hint = suggest(f"{target.kind} {target.name}", names, f"there are: {', '.join(names)}")
    return Finding(("patches", index, "target"), "DG210", f"there is no {target.kind} {target.name} to patch", hint)


def _report_renaming(index: int, before: Object, after: Object) -> list[Finding]:
    same = all(_identity(before)[field] == value for field, value in _identity(after).items())
    message = "a patch may not change an object's apiVersion, kind, name or namespace"
    return [] if same else [Finding(("patches", index, "patch"), "DG211", message)]


def _identity(body: Object) -> dict[str, Any]:
    meta = body.get("metadata") or {}
    fields = {"apiVersion": body.get("apiVersion"), "kind": body.get("kind"), "name": meta.get("name")}
    return {**fields, "namespace": meta.get("namespace")}
