"""Tells kustomize of custom resources what it knows of Kubernetes' own kinds, from the same tables.

https://github.com/kubernetes-sigs/kustomize/tree/master/examples/transformerconfigs. An overlay inherits what its base
is configured with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from daskgen.kubernetes.names import CUSTOM, REFERENCES, REPLICAS, SELECTORS, Place

VERSIONS = {"ConfigMap": {"version": "v1"}, "ServiceAccount": {"version": "v1"}}
"""Kinds of Kubernetes' own that are named, as kustomize's defaults call them; others are custom."""


def configure(kinds: Collection[str]) -> dict[str, Any]:
    """Where custom resources of `kinds` name objects, select pods and count them."""
    return {
        "nameReference": list(_follow_names(kinds)),
        "commonLabels": [_field(kind, path) for kind in kinds for path in SELECTORS.get(kind, ())],
        "replicas": [_field(kind, REPLICAS[kind]) for kind in kinds if kind in REPLICAS],
    }


def _follow_names(kinds: Collection[str]) -> Iterator[dict[str, Any]]:
    fields = defaultdict(list)
    for kind in kinds:
        for named, path, field in REFERENCES[kind]:
            fields[named].append(_field(kind, (*path, field)))
    for named, places in fields.items():
        known = VERSIONS.get(named) or {"group": CUSTOM[named]}
        yield {"kind": named, **known, "fieldSpecs": places}


def _field(kind: str, path: Place) -> dict[str, str]:
    return {"path": "/".join(part for part in path if part != "*"), "group": CUSTOM[kind], "kind": kind}
