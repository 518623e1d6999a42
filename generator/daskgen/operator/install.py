"""Build the objects that install the dask-kubernetes operator."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from daskgen.delivery import keep
from daskgen.kubernetes.labels import CLUSTER, COMPONENT, selecting, selecting_others
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.kubernetes.ports import DASHBOARD, HEALTH
from daskgen.kubernetes.scanners import waive
from daskgen.model import Items, Name, Quantity, refuse
from daskgen.model.patterns import DASK_VERSION
from daskgen.operator.rights import grant
from daskgen.parts.environment import Environment, combine, from_field
from daskgen.parts.image import PLACEHOLDER, Image, ImageField
from daskgen.parts.namespace import Namespace, NamespaceField
from daskgen.parts.placement import Placement
from daskgen.parts.places import copy_fields
from daskgen.parts.pods import probe
from daskgen.parts.policies import policy, resolve_names, tcp
from daskgen.parts.security import Platform, secure_container, secure_pod
from daskgen.parts.storage import SCRATCH, scratch_mounts, scratch_volume

if TYPE_CHECKING:
    from daskgen.kubernetes.types import (
        ConfigMap,
        Container,
        Deployment,
        EnvVar,
        NetworkPolicy,
        NetworkPolicyPeer,
        PodSpec,
    )

VERSION = "2026.3.0"
"""The version of dask-kubernetes whose definitions `data/operator` holds."""

NAMESPACE: Name = "dask-operator"
"""Default namespace of the operator."""

INSTANCE = "dask-operator"
"""Name of the operator's overlay, and the label by which its objects differ from those of clusters."""

NAME = "controller"
"""Short name of its objects."""

LABELS = {**CLUSTER, COMPONENT: NAME}

HANDLERS, PHASE = "/etc/dask-operator", "phase.py"
"""Folder and file of a handler that is added to those of dask-kubernetes."""


def _check_version(version: str) -> str:
    if version != VERSION:
        raise refuse(f"the definitions here are those of {VERSION}, not of {version}", "use the daskgen made for it")
    return version


def _check_image(image: Image) -> Image:
    if image.moves:
        raise refuse(f"the tag {image.tag} may name another image later", f"name a version, such as {VERSION}")
    return image


class Operator(Placement):
    """The dask-kubernetes operator, as this fleet installs it."""

    install: Annotated[bool, Field(description="Install the operator; leave it out where it is installed already.")] = (
        False
    )
    version: Annotated[
        str,
        Field(
            pattern=DASK_VERSION,
            description="Version of dask-kubernetes, which must be that of daskgen's copy of the definitions.",
        ),
        AfterValidator(_check_version),
    ] = VERSION
    platform: Annotated[Platform, Field(description="Kind of Kubernetes cluster.")] = "kubernetes"
    namespace: Annotated[
        NamespaceField,
        Field(
            default_factory=lambda: Namespace(name=NAMESPACE),
            description=f"Namespace of the operator; {NAMESPACE} by default.",
        ),
    ]
    scope: Annotated[
        Literal["cluster", "namespace"],
        Field(description="cluster: reconcile Dask clusters in all namespaces. namespace: only those in its own."),
    ] = "cluster"
    crds: Annotated[
        bool,
        Field(description="Render the custom resource definitions; a Kubernetes cluster has one set of them."),
    ] = True
    image: Annotated[
        ImageField,
        Field(
            default_factory=lambda: Image(name="ghcr.io/dask/dask-kubernetes-operator"),
            description="Image of the operator, such as a mirror; its tag is `version` by default.",
        ),
        AfterValidator(_check_image),
    ]
    cpu: Annotated[Quantity, Field(description="Cores: request and limit.")] = "500m"
    memory: Annotated[Quantity, Field(description="Memory: request and limit.")] = "512Mi"
    env: Annotated[
        Environment,
        Field(description="Environment variables, such as DASK_KUBERNETES__CONTROLLER__WORKER_ALLOCATION__BATCH_SIZE."),
    ] = {}
    api_ports: Annotated[
        Items[Annotated[int, Field(ge=1, le=65_535)]],
        Field(description="Ports of the API server, which the operator may connect to at any address.", min_length=1),
    ] = (443, 6443)

    @property
    def pinned_image(self) -> Image:
        """Return the image, with the version as the default tag."""
        if self.image.tag or self.image.digest:
            return self.image
        return self.image.model_copy(update={"tag": self.version})

    def looks_after(self, namespace: str) -> bool:
        """Return whether it reconciles clusters in a namespace."""
        return self.scope == "cluster" or namespace == self.namespace.name

    def resources(self) -> list[Resource]:
        """Build its objects, under short names; their origins are fields of the operator."""
        definitions = read_definitions() if self.crds else []
        return [
            *self.namespace.resources(),
            *(resource(definition, "crds.yaml", "crds") for definition in definitions),
            *grant(NAME, LABELS, everywhere=self.scope == "cluster"),
            resource(_describe_handlers(), PHASE),
            resource(waive(dict(self._deployment())), "controller.yaml"),
            resource(self._policy(), "network.yaml"),
        ]

    def _deployment(self) -> Deployment:
        placed: PodSpec = copy_fields(self)  # type: ignore[assignment]  # a part of one
        spec: PodSpec = {
            "serviceAccountName": NAME,
            "automountServiceAccountToken": True,
            "enableServiceLinks": False,
            "securityContext": secure_pod(self.platform),
            **placed,
            "containers": [self._container()],
            "volumes": [scratch_volume("64Mi"), {"name": "handlers", "configMap": {"name": NAME}}],
        }
        if self.image.pull_secrets:
            spec["imagePullSecrets"] = [{"name": name} for name in self.image.pull_secrets]
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata(NAME, LABELS),
            "spec": {
                "replicas": 1,
                # Two at a time would both create a cluster's pods.
                "strategy": {"type": "Recreate"},
                "selector": selecting(LABELS),
                "template": {"metadata": {"labels": dict(LABELS)}, "spec": spec},
            },
        }

    def _container(self) -> Container:
        everywhere = self.scope == "cluster"
        amounts: dict[str, int | str] = {"cpu": self.cpu, "memory": self.memory, "ephemeral-storage": "64Mi"}
        return {
            "name": NAME,
            "image": PLACEHOLDER,
            "imagePullPolicy": self.image.pull_policy,
            "command": ["kopf", "run", f"{HANDLERS}/{PHASE}", "-m", "dask_kubernetes.operator.controller"],
            "args": [
                # Otherwise kopf waits for custom resources of its own, if they exist; it has no right to read them.
                "--standalone",
                # The pod's own name stands for its address in every family; 0.0.0.0 is not reached over IPv6
                # (dask/dask-kubernetes#937).
                f"--liveness=http://$(POD_NAME):{HEALTH.number}/healthz",
                "--all-namespaces" if everywhere else f"--namespace={self.namespace.name}",
            ],
            "env": combine([*_write_to_scratch(), from_field("POD_NAME", "metadata.name")], self.env),
            "ports": [{"name": HEALTH.name, "containerPort": HEALTH.number}],
            "startupProbe": probe("/healthz", HEALTH.name, period=2, failures=60),
            "readinessProbe": probe("/healthz", HEALTH.name, period=10, failures=3),
            "livenessProbe": probe("/healthz", HEALTH.name, period=30, failures=3, timeout=10),
            "resources": {"requests": amounts, "limits": dict(amounts)},
            "securityContext": secure_container(),
            "volumeMounts": [*scratch_mounts(), {"name": "handlers", "mountPath": HANDLERS, "readOnly": True}],
        }

    def _policy(self) -> NetworkPolicy:
        # Probes come from the node, which policies do not block; nothing else has to connect.
        scheduler: NetworkPolicyPeer = {"podSelector": selecting_others({"dask.org/component": "scheduler"})}
        if self.scope == "cluster":
            scheduler["namespaceSelector"] = {}
        egress: list[Any] = [
            resolve_names(self.platform),
            {"ports": tcp(self.api_ports)},
            {"to": [scheduler], "ports": tcp([DASHBOARD.number])},
        ]
        return policy(NAME, LABELS, ingress=[], egress=egress)


def _describe_handlers() -> ConfigMap:
    text = (files("daskgen") / "data" / "handlers" / f"{PHASE}.txt").read_text("utf-8")
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(NAME), "data": {PHASE: text}}


def read_definitions() -> list[dict[str, Any]]:
    """Return the definitions of dask-kubernetes' custom resources, annotated so that they are not pruned."""
    folder = files("daskgen") / "data" / "operator"
    definitions = [json.loads(file.read_text("utf-8")) for file in sorted(folder.iterdir(), key=lambda file: file.name)]
    return [keep(body) for body in definitions]


def _write_to_scratch() -> list[EnvVar]:
    """Return variables for writing to the scratch volume, and for the user's name, which kopf needs."""
    return [
        {"name": "HOME", "value": SCRATCH},
        {"name": "TMPDIR", "value": SCRATCH},
        {"name": "USER", "value": "dask"},
    ]
