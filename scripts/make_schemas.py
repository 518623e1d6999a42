"""Makes the strict JSON schemas that rendered objects are checked against, for every Kubernetes that is known.

Kubernetes' own come from the package kubernetes-validate (its strict ones); the Route's is written here, after
openshift/api route/v1/types.go. Descriptions are left out. Added is what the OpenAPI documents lack: the form of a
quantity, and that apiVersion, kind and a name are there. Usage: `python scripts/make_schemas.py [FOLDER]`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate

KINDS = {
    "Namespace": ("", "v1"),
    "ConfigMap": ("", "v1"),
    "Service": ("", "v1"),
    "ServiceAccount": ("", "v1"),
    "PersistentVolumeClaim": ("", "v1"),
    "Deployment": ("apps", "v1"),
    "Ingress": ("networking.k8s.io", "v1"),
    "NetworkPolicy": ("networking.k8s.io", "v1"),
    "PodDisruptionBudget": ("policy", "v1"),
}
OLDEST = 31
PACKAGED = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
TARGET = Path(__file__).parent.parent / "generator/daskgen/data/schemas"
NOISE = ("description", "format", "$id", "$schema")

QUANTITY = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$"
ADDED: dict[str, Any] = {
    # One type of several values, not `oneOf`: a mistake then has one message instead of three.
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": ["string", "number"], "pattern": QUANTITY},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["string", "integer"]},
}

NAME = {"type": "string"}
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "name", "weight"],
    "properties": {
        "kind": {"enum": ["Service"]},
        "name": {"type": "string", "minLength": 1},
        "weight": {"type": "integer", "minimum": 0, "maximum": 256},
    },
}
PEM = {name: {"type": "string"} for name in ("certificate", "key", "caCertificate", "destinationCACertificate")}
ROUTE_TLS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["termination"],
    "properties": {
        "termination": {"enum": ["edge", "reencrypt", "passthrough"]},
        "insecureEdgeTerminationPolicy": {"enum": ["Allow", "None", "Redirect"]},
        **PEM,
        "externalCertificate": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"name": NAME},
        },
    },
    "allOf": [
        {
            "if": {"properties": {"termination": {"const": "passthrough"}}},
            "then": {
                "properties": {
                    "insecureEdgeTerminationPolicy": {"enum": ["None", "Redirect"]},
                    **dict.fromkeys(PEM, False),
                }
            },
        },
        {
            "if": {"properties": {"termination": {"const": "edge"}}},
            "then": {"properties": {"destinationCACertificate": False}},
        },
        {"not": {"required": ["certificate", "externalCertificate"]}},
    ],
}
ROUTE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["to", "wildcardPolicy"],
    "properties": {
        "host": {"type": "string", "maxLength": 253, "pattern": r"^([a-zA-Z0-9\-]+\.)*[a-zA-Z0-9\-]+$"},
        "subdomain": {"type": "string", "maxLength": 253},
        "path": {"type": "string", "pattern": "^/"},
        "to": SERVICE,
        "alternateBackends": {"type": "array", "maxItems": 3, "items": SERVICE},
        "port": {
            "type": "object",
            "additionalProperties": False,
            "required": ["targetPort"],
            "properties": {"targetPort": {"type": ["integer", "string"]}},
        },
        "tls": ROUTE_TLS,
        "wildcardPolicy": {"enum": ["None", "Subdomain"]},
        "httpHeaders": {"type": "object"},
    },
    "if": {
        "properties": {"tls": {"properties": {"termination": {"const": "passthrough"}}}},
        "required": ["tls"],
    },
    "then": {"properties": {"path": False, "httpHeaders": False}},
}


def main(folder: Path) -> None:
    """Write every schema below `folder`."""
    for path, text in make_schemas():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def make_schemas() -> Iterator[tuple[str, str]]:
    """Path, such as 1.34/deployment-apps-v1.json, and text of every schema."""
    for minor in find_minors():
        source = PACKAGED / f"v1.{minor}.0-local-strict"
        definitions = json.loads((source / "_definitions.json").read_text("utf-8"))["$defs"] | ADDED
        for kind, (group, version) in KINDS.items():
            name = name_file(kind, group, version)
            schema = json.loads((source / name).read_text("utf-8"))
            yield f"1.{minor}/{name}", write(embed(schema, kind, group, version, definitions))
        route = make_route(definitions)
        yield f"1.{minor}/{name_file('Route', 'route.openshift.io', 'v1')}", write(route)


def find_minors() -> list[int]:
    """Every minor version of Kubernetes 1 that the package holds, from the oldest that is supported."""
    found = (re.fullmatch(r"v1\.(\d+)\.0-local-strict", path.name) for path in PACKAGED.iterdir())
    return sorted(minor for match in found if match and (minor := int(match[1])) >= OLDEST)


def name_file(kind: str, group: str, version: str) -> str:
    """The name that kubeconform makes of its template."""
    return "-".join(part for part in (kind.lower(), group.partition(".")[0], version) if part) + ".json"


def embed(schema: dict[str, Any], kind: str, group: str, version: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """Make a schema stand alone: with what it refers to, and nothing that is only to be read."""
    fields = {
        **schema["properties"],
        "apiVersion": {"enum": [f"{group}/{version}" if group else version]},
        "kind": {"enum": [kind]},
        "metadata": {"allOf": [schema["properties"]["metadata"], {"type": "object", "required": ["name"]}]},
    }
    fields.pop("status", None)
    required = sorted({*schema.get("required", []), "apiVersion", "kind", "metadata"})
    whole = strip({**schema, "properties": fields, "required": required, "additionalProperties": False})
    return {**whole, "$defs": reach(whole, definitions)}


def make_route(definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of OpenShift's Route."""
    metadata = {"$ref": "#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
    schema = {"type": "object", "required": ["spec"], "properties": {"metadata": metadata, "spec": ROUTE}}
    return embed(schema, "Route", "route.openshift.io", "v1", definitions)


def strip(value: Any) -> Any:
    """Leave out descriptions and Kubernetes' own extensions; make references local."""
    if isinstance(value, list):
        return [strip(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        if key == "properties":
            kept[key] = {name: strip(field) for name, field in item.items()}
        elif key == "$ref":
            kept[key] = "#/$defs/" + item.rpartition("/")[2]
        elif key not in NOISE and not key.startswith("x-kubernetes-"):
            kept[key] = strip(item)
    return kept


def reach(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Every definition that a schema refers to, itself or through others."""
    reached: dict[str, Any] = {}
    waiting = find_references(schema)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = strip(definitions[name])
            waiting += find_references(reached[name])
    return reached


def find_references(value: Any) -> list[str]:
    """Names of the definitions that stand in `value`."""
    return re.findall(r'"#/\$defs/([^"]+)"', json.dumps(value))


def write(schema: dict[str, Any]) -> str:
    """JSON on one line: small, and never read by people."""
    return json.dumps(schema, sort_keys=True, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
