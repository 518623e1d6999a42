"""Schema of Gateway API's HTTPRoute, from the definition that the project publishes.

`httproute.json` holds what is needed of it. `python scripts/gateway_schemas.py FILE` makes it anew from
config/crd/standard/gateway.networking.k8s.io_httproutes.yaml of github.com/kubernetes-sigs/gateway-api v1.6.1.

The definition's CEL rules for what people write are added here as JSON schema; those that compare several elements of a
list are left to the API server.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from gitops_schemas import close

Schema = dict[str, Any]

TAKEN = Path(__file__).with_name("httproute.json")

NAME = "httproute-gateway-v1"
VERSION = "gateway.networking.k8s.io/v1"

PATH: Schema = {
    "if": {"properties": {"type": {"enum": ["Exact", "PathPrefix"]}}},
    "then": {
        "properties": {
            "value": {
                "pattern": r"^/([-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*$",
                "not": {"pattern": r"//|/\./|/\.\./|%2[fF]|/\.\.?$"},
            }
        }
    },
}
"""Of a path that requests are matched by."""

BACKEND: Schema = {
    "if": {"properties": {"group": {"const": ""}, "kind": {"const": "Service"}}},
    "then": {"required": ["port"]},
}
"""A Service is named with its port."""

FILTERS: Mapping[str, str] = {
    "CORS": "cors",
    "ExtensionRef": "extensionRef",
    "RequestHeaderModifier": "requestHeaderModifier",
    "RequestMirror": "requestMirror",
    "RequestRedirect": "requestRedirect",
    "ResponseHeaderModifier": "responseHeaderModifier",
    "URLRewrite": "urlRewrite",
}
"""Type of a filter to the field that holds its options, which no other type may have."""

NO_REDIRECT: Schema = {
    "if": {"required": ["backendRefs"], "properties": {"backendRefs": {"minItems": 1}}},
    "then": {"properties": {"filters": {"items": {"properties": {"type": {"not": {"const": "RequestRedirect"}}}}}}},
}
"""A rule leads to a Service or redirects."""


def build(metadata: Schema) -> dict[str, Schema]:
    """Return the schema by the name of its file; `metadata` is Kubernetes' definition."""
    spec: Schema = json.loads(TAKEN.read_text("utf-8"))
    rule = spec["properties"]["rules"]["items"]
    fields = rule["properties"]
    fields["matches"]["items"]["properties"]["path"] |= PATH
    fields["backendRefs"]["items"] |= BACKEND
    for holder in (rule, fields["backendRefs"]["items"]):
        holder["properties"]["filters"]["items"]["allOf"] = [_require(*pair) for pair in FILTERS.items()]
    rule |= NO_REDIRECT
    properties = {
        "apiVersion": {"type": "string", "enum": [VERSION]},
        "kind": {"type": "string", "enum": ["HTTPRoute"]},
        "metadata": {"$ref": "#/$defs/ObjectMeta", "required": ["name"]},
        "spec": spec,
    }
    closed = {"type": "object", "additionalProperties": False, "required": sorted(properties)}
    return {NAME: {**closed, "properties": properties, "$defs": {"ObjectMeta": metadata}}}


def _require(kind: str, field: str) -> Schema:
    """Require the options of a filter where it is of their type, and refuse them elsewhere."""
    chosen: Schema = {"required": ["type"], "properties": {"type": {"const": kind}}}
    return {"if": chosen, "then": {"required": [field]}, "else": {"properties": {field: False}}}


def take(path: Path) -> Schema:
    """Return what is needed of the definition in a file."""
    versions = yaml.safe_load(path.read_text("utf-8"))["spec"]["versions"]
    schema = next(version["schema"] for version in versions if version["name"] == VERSION.rpartition("/")[2])
    return close(schema["openAPIV3Schema"]["properties"]["spec"])


def main() -> None:
    """Write what is needed of the definition in the file named."""
    TAKEN.write_text(json.dumps(take(Path(sys.argv[1])), indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
