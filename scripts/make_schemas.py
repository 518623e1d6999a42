"""Write the JSON schemas of all kinds that are rendered into the package: `python scripts/make_schemas.py`.

Those of Kubernetes come from kubernetes-validate on PyPI, which has them from Kubernetes' OpenAPI, in a form that
kubeconform reads: a file for each kind and minor version, with nothing outside it and without prose. They are
stricter than the API server where what it lets pass is a mistake in Git:

- `null`, which it takes for "not given", is refused;
- so are the fields that only servers write (`SERVER_FIELDS`);
- apiVersion, kind and a name are required;
- what it checks beyond its OpenAPI is added (`kubernetes_checks.py`).

Those of OpenShift's Route and ImageStream are written by hand, in `route.json` and `imagestream.json`, and the same
for all. `custom_schemas.py` makes those of
dask-kubernetes, `gateway_schemas.py` that of HTTPRoute, `gitops_schemas.py` those of all others.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import custom_schemas
import gateway_schemas
import gitops_schemas
from kubernetes_checks import CHECKS

Schema = dict[str, Any]

PUBLISHED = files("kubernetes_validate") / "kubernetes-json-schema"
ROUTE = Path(__file__).with_name("route.json")
IMAGE_STREAM = Path(__file__).with_name("imagestream.json")
OUTPUT = Path(__file__).parents[1] / "generator" / "daskgen" / "data" / "schemas"

NOTEBOOK = "notebook-kubeflow-v1"
"""Kubeflow's and OpenShift AI's, after components/notebook-controller/api/v1 of opendatahub-io/kubeflow."""

KINDS = (
    "namespace-v1",
    "configmap-v1",
    "secret-v1",
    "service-v1",
    "serviceaccount-v1",
    "persistentvolumeclaim-v1",
    "resourcequota-v1",
    "limitrange-v1",
    "deployment-apps-v1",
    "statefulset-apps-v1",
    "networkpolicy-networking-v1",
    "ingress-networking-v1",
    "poddisruptionbudget-policy-v1",
    "role-rbac-v1",
    "rolebinding-rbac-v1",
    "clusterrole-rbac-v1",
    "clusterrolebinding-rbac-v1",
    "customresourcedefinition-apiextensions-v1",
    "validatingadmissionpolicy-admissionregistration-v1",
    "validatingadmissionpolicybinding-admissionregistration-v1",
)
"""Kubernetes' kinds, as kubernetes-validate and kubeconform name their files: kind, first word of the group,
version."""

OLDEST = (1, 31)
"""The oldest minor version there are schemas for."""

DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
"""Needed: kubeconform takes schemas for those of draft 4, where `if` and what stands beside a `$ref` mean nothing."""

KEYWORDS = ("additionalProperties", "enum", "items", "properties", "required", "type")
"""What is kept of the OpenAPI; the rest is prose, and hints for clients."""

RANGES: Mapping[str, Schema] = {
    f"int{bits}": {"minimum": -(1 << (bits - 1)), "maximum": (1 << (bits - 1)) - 1} for bits in (32, 64)
}
"""Format of a number to what fits into it."""

SERVER_FIELDS = {
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "status",
    "uid",
}

OTHERWISE = {"CustomResourceSubresources"}
"""Definitions that mean something else by these names."""


def find_minors() -> list[str]:
    """The minor versions to write schemas for, such as "1.31", oldest first."""
    matches = [re.fullmatch(r"v(\d+)\.(\d+)\.0-local-strict", folder.name) for folder in PUBLISHED.iterdir()]
    versions = sorted((int(match[1]), int(match[2])) for match in matches if match)
    return [f"{major}.{minor}" for major, minor in versions if (major, minor) >= OLDEST]


def build(minor: str) -> dict[str, Schema]:
    """Every schema for a minor version, by the name of its file; definitions stand under `$defs`."""
    schemas = {kind: _build(minor, kind) for kind in KINDS}
    route: Schema = json.loads(ROUTE.read_text("utf-8"))
    route["$defs"]["ObjectMeta"] = schemas[KINDS[0]]["$defs"]["ObjectMeta"]
    stream: Schema = json.loads(IMAGE_STREAM.read_text("utf-8"))
    stream["$defs"]["ObjectMeta"] = route["$defs"]["ObjectMeta"]
    notebook = build_notebook(schemas["deployment-apps-v1"]["$defs"])
    custom = custom_schemas.build({**schemas["service-v1"]["$defs"], **schemas["deployment-apps-v1"]["$defs"]})
    published = gateway_schemas.build(route["$defs"]["ObjectMeta"]) | gitops_schemas.build(route["$defs"]["ObjectMeta"])
    own = {"route-route-v1": route, "imagestream-image-v1": stream, NOTEBOOK: notebook}
    found = {**schemas, **own, **custom, **published}
    return {f"{name}.json": DIALECT | schema for name, schema in found.items()}


def make() -> dict[str, str]:
    """Every file there ought to be: its path under `OUTPUT`, and its text."""
    return {
        f"{minor}/{name}": json.dumps(schema, indent=1, sort_keys=True) + "\n"
        for minor in find_minors()
        for name, schema in build(minor).items()
    }


def main() -> None:
    """Write them all, and remove those of versions and kinds that are gone."""
    made = make()
    for folder in OUTPUT.glob("[0-9]*"):
        shutil.rmtree(folder)
    for path, text in made.items():
        (OUTPUT / path).parent.mkdir(parents=True, exist_ok=True)
        (OUTPUT / path).write_text(text, "utf-8")


def build_notebook(definitions: Mapping[str, Schema]) -> Schema:
    """The schema of a Notebook, whose definition holds a whole pod of Kubernetes, and nothing else."""
    found = {
        **definitions,
        "NotebookSpec": _close({"template": {"$ref": "#/$defs/NotebookTemplateSpec"}}),
        "NotebookTemplateSpec": _close({"spec": {"$ref": "#/$defs/PodSpec"}}),
    }
    properties = {
        "apiVersion": {"type": "string", "enum": ["kubeflow.org/v1"]},
        "kind": {"type": "string", "enum": ["Notebook"]},
        "metadata": {"$ref": "#/$defs/ObjectMeta", "required": ["name"]},
        "spec": {"$ref": "#/$defs/NotebookSpec"},
    }
    return {**_close(properties), "$defs": found}


def _close(properties: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "required": sorted(properties), "properties": properties}


@cache
def _read(minor: str, name: str) -> Schema:
    file = PUBLISHED / f"v{minor}.0-local-strict" / f"{name}.json"
    schema: Schema = json.loads(file.read_text("utf-8"))
    return schema


def _build(minor: str, kind: str) -> Schema:
    root = _prune(_read(minor, kind))
    schema = _check(root["properties"]["kind"]["enum"][0], _trim(root))
    schema["required"] = sorted({"apiVersion", "kind", "metadata", *schema.get("required", ())})
    schema["properties"]["metadata"]["required"] = ["name"]
    return {**schema, "$defs": _collect(root, _read(minor, "_definitions")["$defs"])}


def _collect(root: Schema, definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """The definitions that `root` leads to, by the last part of their names."""
    found: dict[str, Schema] = {}
    missing = set(_find_references(root))
    while missing:
        full_name = missing.pop()
        definition = definitions[full_name]
        found[full_name] = definition if _shorten(full_name) in OTHERWISE else _prune(definition)
        missing |= set(_find_references(found[full_name])).difference(found)
    named = {_shorten(full_name): schema for full_name, schema in found.items()}
    if len(named) < len(found):
        raise ValueError(f"two definitions of one name: {sorted(found)}")
    return {name: _check(name, _trim(schema)) for name, schema in named.items()}


def _find_references(node: Any) -> Iterator[str]:
    """Full names, such as io.k8s.api.core.v1.Container."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for value in node.values():
            yield from _find_references(value)


def _prune(schema: Schema) -> Schema:
    """Without `SERVER_FIELDS`, and so without the definitions that only they lead to."""
    kept = {name: value for name, value in schema.get("properties", {}).items() if name not in SERVER_FIELDS}
    return {**schema, "properties": kept} if kept else schema


def _trim(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{_shorten(schema['$ref'])}"}
    trimmed = {key: _trim_value(key, schema[key]) for key in KEYWORDS if key in schema}
    return trimmed | RANGES.get(schema.get("format", ""), {})


def _trim_value(key: str, value: Any) -> Any:
    match key, value:
        case "properties", dict():
            return {name: _trim(schema) for name, schema in value.items()}
        case "type", [name, "null"]:
            return name
        case _, dict():
            return _trim(value)
    return value


def _shorten(full_name: str) -> str:
    return full_name.rpartition(".")[2]


def _check(name: str, schema: Schema) -> Schema:
    """Add what `CHECKS` says of the definition and of its fields."""
    checked = _add(schema, CHECKS.get(name, {}))
    if fields := schema.get("properties"):
        checked["properties"] = {key: _add(fields[key], CHECKS.get(f"{name}.{key}", {})) for key in fields}
    return checked


def _add(schema: Schema, check: Schema) -> Schema:
    required = sorted({*schema.get("required", ()), *check.get("required", ())})
    return {**schema, **check, **({"required": required} if required else {})}


if __name__ == "__main__":
    main()
