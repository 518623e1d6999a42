"""Configure kustomize for custom resources like for Kubernetes' own kinds.

https://github.com/kubernetes-sigs/kustomize/tree/master/examples/transformerconfigs. An overlay inherits the
configuration of its base.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from daskgen.kubernetes.kind import Kind
from daskgen.kubernetes.kinds import find_kind
from daskgen.paths import PathPattern


def configure(names: Collection[str]) -> dict[str, Any]:
    """Return where custom resources of these kinds refer to objects, select pods and count them."""
    kinds = [find_kind(name) for name in names]
    return {
        "nameReference": list(_follow_names(kinds)),
        "commonLabels": [_field(kind, place) for kind in kinds for place in kind.selectors],
        "replicas": [_field(kind, kind.replicas) for kind in kinds if kind.replicas],
    }


def _follow_names(kinds: Collection[Kind]) -> Iterator[dict[str, Any]]:
    fields = defaultdict(list)
    for kind in kinds:
        for named, place, field in kind.references:
            fields[named].append(_field(kind, (*place, field)))
    for named, places in fields.items():
        # kustomize's own configuration names core kinds by version only, and others by group only.
        known = {"group": group} if (group := find_kind(named).group) else {"version": find_kind(named).version}
        yield {"kind": named, **known, "fieldSpecs": places}


def _field(kind: Kind, place: PathPattern) -> dict[str, str]:
    return {"path": "/".join(part for part in place if part != "*"), "group": kind.group, "kind": kind.name}
