"""Make schemas of custom resources, from the definitions that their projects publish.

`gitops.json` holds what is needed of the first two. `python scripts/gitops_schemas.py gitops.json FILE…` makes it
anew from

- manifests/crds/application-crd.yaml, applicationset-crd.yaml and appproject-crd.yaml of github.com/argoproj/argo-cd
  v3.2.11,
- config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml and …_ocirepositories.yaml of
  github.com/fluxcd/source-controller v1.9.5,
- config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml of github.com/fluxcd/kustomize-controller v1.9.5.

`keda.json` is made the same way from config/crd/bases/keda.sh_scaledobjects.yaml of github.com/kedacore/keda v2.20.2.
`tls.json` holds what is needed of cert-manager and of Gateway API's TLSRoute, from

- deploy/crds/cert-manager.io_issuers.yaml and …_certificates.yaml of github.com/cert-manager/cert-manager v1.21.1,
- config/crd/standard/gateway.networking.k8s.io_tlsroutes.yaml of github.com/kubernetes-sigs/gateway-api v1.6.1.

`helm.json` holds HelmRepository, from source-controller as above, and HelmRelease. Its fields are written by hand, from
https://fluxcd.io/flux/components/helm/api/v2, and those that are not rendered are not checked in full.
`cni.json` holds what is rendered of CiliumNetworkPolicy, written by hand from
pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml of github.com/cilium/cilium v1.20.
`envoy.json` holds what is rendered of Envoy Gateway's SecurityPolicy, written by hand from
charts/gateway-helm/crds/generated/gateway.envoyproxy.io_securitypolicies.yaml of github.com/envoyproxy/gateway v1.10.0.
`secrets.json` holds what is rendered of ExternalSecret and SealedSecret, written by hand from
config/crds/bases/external-secrets.io_externalsecrets.yaml of github.com/external-secrets/external-secrets v2.8.0 and
helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml of github.com/bitnami-labs/sealed-secrets.

The API server drops unknown fields of these without a word; here they are refused.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

Schema = dict[str, Any]

TAKEN = (
    "cni.json",
    "envoy.json",
    "gitops.json",
    "helm.json",
    "monitoring.json",
    "keda.json",
    "secrets.json",
    "tls.json",
)
"""Files beside this one that hold what is needed of the definitions."""

WHOLE = "gitops.json"
"""The file of the kinds that are rendered in full; kustomize gives the others their namespace."""

KEYWORDS = {
    *("additionalProperties", "enum", "items", "properties", "required", "type"),
    *("maximum", "maxItems", "maxLength", "minimum", "minItems", "minLength", "pattern"),
}

GENERATORS = {"git"}
"""Of an ApplicationSet, which may hold each other in many ways that nobody needs here."""

ISSUERS = ("ca", "selfSigned")
"""The ways of cert-manager's Issuer that are rendered."""

VERSIONS = ("v1", "v1alpha1")
"""Newest first; definitions hold older ones, too."""


def build(metadata: Schema) -> dict[str, Schema]:
    """Every schema by the name of its file; `metadata` is Kubernetes' definition."""
    found = {file: json.loads(Path(__file__).with_name(file).read_text("utf-8")) for file in TAKEN}
    required = {file: ["name", "namespace"] if file == WHOLE else ["name"] for file in TAKEN}
    return {
        name: _complete(taken, {"$ref": "#/$defs/ObjectMeta", "required": required[file]}, metadata)
        for file, kinds in found.items()
        for name, taken in kinds.items()
    }


def take(files: Sequence[Path]) -> dict[str, Schema]:
    """What is needed of definitions, by the name of the schema's file."""
    found = {}
    for path in files:
        definition = yaml.safe_load(path.read_text("utf-8"))["spec"]
        kind, group = definition["names"]["kind"], definition["group"]
        version = min(
            definition["versions"], key=lambda version: VERSIONS.index(version["name"]) if version["served"] else 9
        )
        spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        if kind == "ApplicationSet":
            _thin_out(spec)
        if kind == "Issuer":
            spec["properties"] = {name: spec["properties"][name] for name in ISSUERS}
        name = f"{kind.lower()}-{group.partition('.')[0]}-{version['name']}"
        found[name] = {"apiVersion": f"{group}/{version['name']}", "kind": kind, "spec": close(spec)}
    return found


def _thin_out(spec: Schema) -> None:
    generators = spec["properties"]["generators"]["items"]["properties"]
    for name in generators.keys() - GENERATORS:
        del generators[name]


def _complete(taken: Mapping[str, Any], own: Schema, metadata: Schema) -> Schema:
    properties = {
        "apiVersion": {"type": "string", "enum": [taken["apiVersion"]]},
        "kind": {"type": "string", "enum": [taken["kind"]]},
        "metadata": own,
        "spec": taken["spec"],
    }
    closed = {"type": "object", "additionalProperties": False, "required": sorted(properties)}
    return {**closed, "properties": properties, "$defs": {"ObjectMeta": metadata}}


def close(schema: Schema) -> Schema:
    """Without prose, and with nothing beside the fields that it names."""
    kept = {key: item for key, item in schema.items() if key in KEYWORDS}
    if schema.get("x-kubernetes-int-or-string"):
        kept["type"] = ["integer", "string"]
    if fields := kept.get("properties"):
        kept["properties"] = {name: close(field) for name, field in fields.items()}
        kept["additionalProperties"] = False
    for key in ("items", "additionalProperties"):
        if isinstance(kept.get(key), dict):
            kept[key] = close(kept[key])
    return kept


def main() -> None:
    """Write what is needed of the definitions in the files named, to the first of them."""
    taken = take([Path(file) for file in sys.argv[2:]])
    Path(__file__).with_name(sys.argv[1]).write_text(json.dumps(taken, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
