"""Schemas of dask-kubernetes' custom resources, from the definitions that its package holds.

Their pods are those of Kubernetes 1.21: the API server drops whatever else is written there without a word, so that it
is refused here. The operator makes Deployments of them, so that what is left has to suit Kubernetes' own schemas, too.
And what the API server fills in has to be written: Argo CD takes the difference for drift (argoproj/argo-cd#11074).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

import yaml

Schema = dict[str, Any]

FOLDER = "dask_kubernetes/operator/deployment/helm/dask-kubernetes-operator/crds"

KINDS = ("daskcluster", "daskworkergroup", "daskautoscaler", "daskjob")

REFUSED = {"ephemeralContainers"}
"""What Kubernetes does not allow in Deployments, whatever their schema says."""

KNOWN = {"containers": "PodSpec", "externalIPs": "ServiceSpec"}
"""A field that only one of Kubernetes' definitions has among those used here, and that definition."""


class Definitions(NamedTuple):
    """Kubernetes' definitions, and those that are found to be left of them, or to be the resource's own."""

    kubernetes: Mapping[str, Schema]
    found: dict[str, Schema]

    def add(self, name: str, schema: Schema) -> Schema:
        """A reference to `schema`, known as `name` from here on."""
        if self.found.setdefault(name, schema) != schema:
            raise ValueError(f"two definitions of one name: {name}")
        return {"$ref": f"#/$defs/{name}"}


def build(kubernetes: Mapping[str, Schema]) -> dict[str, Schema]:
    """Every schema by the name of its file; `kubernetes` are definitions of one of its versions."""
    return {f"{kind}-kubernetes-v1": _build(_read(kind), kubernetes) for kind in KINDS}


def find_definitions() -> Path:
    """The folder of the package that holds the definitions."""
    return Path(str(distribution("dask-kubernetes").locate_file(FOLDER)))


@cache
def _read(kind: str) -> Schema:
    definition: Schema = yaml.safe_load((find_definitions() / f"{kind}.yaml").read_text("utf-8"))["spec"]
    return definition


def _build(definition: Schema, kubernetes: Mapping[str, Schema]) -> Schema:
    kind, (version,) = definition["names"]["kind"], definition["versions"]
    theirs = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    definitions = Definitions(kubernetes, {})
    spec = _close(f"{kind}Spec", theirs, definitions)
    # Templates of volume claims have metadata too, with what can be written in Git.
    definitions.found.setdefault("ObjectMeta", kubernetes["ObjectMeta"])
    properties = {
        "apiVersion": {"type": "string", "enum": [f"{definition['group']}/{version['name']}"]},
        "kind": {"type": "string", "enum": [kind]},
        "metadata": {"$ref": "#/$defs/ObjectMeta", "required": ["name"]},
        "spec": spec,
    }
    closed = {"type": "object", "additionalProperties": False, "required": sorted(properties)}
    return {**closed, "properties": properties, "$defs": definitions.found}


def _close(name: str, theirs: Schema, definitions: Definitions) -> Schema:
    """What a definition says, with nothing beside it; each map of fields under a name of its own.

    The pod of a job ends, unlike those of Deployments, and has a policy by default.
    """
    fields = theirs.get("properties")
    if not fields:
        return {key: theirs[key] for key in ("additionalProperties", "type") if key in theirs}
    for field in KNOWN.keys() & fields.keys():
        narrowed = _narrow(definitions.kubernetes[KNOWN[field]], theirs, definitions)
        if "default" not in fields.get("restartPolicy", {}):
            return definitions.add(KNOWN[field], narrowed)
        ends = {"restartPolicy": {"type": "string", "enum": ["Never", "OnFailure"]}}
        return definitions.add(name, {**narrowed, "properties": narrowed["properties"] | ends})
    properties = {key: _close(name + key.capitalize(), field, definitions) for key, field in fields.items()}
    closed = {"type": "object", "additionalProperties": False, "required": _require(theirs)}
    return definitions.add(name, {**closed, "properties": properties})


def _narrow(ours: Schema, theirs: Schema, definitions: Definitions) -> Schema:
    """What both Kubernetes and the definition allow, in Kubernetes' names."""
    if "$ref" in ours:
        name = ours["$ref"].rpartition("/")[2]
        narrowed = _narrow(definitions.kubernetes[name], theirs, definitions)
        return definitions.add(name, narrowed) if narrowed.get("properties") else narrowed
    narrowed = {**ours, "type": theirs["type"]}
    if "properties" in ours:
        shared = ours["properties"].keys() & theirs.get("properties", {}).keys() - REFUSED
        fields = {
            name: _narrow(ours["properties"][name], theirs["properties"][name], definitions) for name in sorted(shared)
        }
        narrowed |= {"properties": fields, "required": sorted({*ours.get("required", ()), *_require(theirs)} & shared)}
    for key in ("items", "additionalProperties"):
        if isinstance(ours.get(key), dict):
            narrowed[key] = _narrow(ours[key], theirs[key], definitions)
    return narrowed


def _require(theirs: Schema) -> list[str]:
    filled = (name for name, item in theirs.get("properties", {}).items() if "default" in item)
    return sorted({*theirs.get("required", ()), *filled})
