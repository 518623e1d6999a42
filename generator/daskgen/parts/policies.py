"""Build NetworkPolicies: the peers that they name, their rules and their ports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field, model_validator

from daskgen.kubernetes import addresses, labels
from daskgen.kubernetes.labels import CLUSTER, selecting
from daskgen.kubernetes.objects import metadata
from daskgen.model import Cidr, HostPattern, Items, Labels, Model, Name, refuse, refuse_parts

if TYPE_CHECKING:
    from daskgen.kubernetes.types import IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort
    from daskgen.parts.security import Platform


DNS: Mapping[str, tuple[str, int]] = {"kubernetes": ("kube-system", 53), "openshift": ("openshift-dns", 5353)}
"""Namespace and port of the DNS pods: a policy applies to the pod's own port, not the Service's."""


NAMESPACE = "kubernetes.io/metadata.name"

NAMED = "host"
"""Key of a peer that a NetworkPolicy cannot hold: a host by its name."""


class Peer(Model):
    """Pods, of this namespace unless another is named, or addresses outside the cluster."""

    namespace: Annotated[Name | None, Field(description="Name of the namespace the pods are in.")] = None
    namespace_labels: Annotated[Labels, Field(description="Labels of the namespaces the pods are in.")] = {}
    pod_labels: Annotated[Labels, Field(description="Labels of the pods; all pods of the namespace by default.")] = {}
    cidr: Annotated[Cidr | None, Field(description="Addresses outside the cluster.")] = None
    besides: Annotated[Items[Cidr], Field(alias="except", description="Addresses of `cidr` that are excluded.")] = ()

    @property
    def selects_pods(self) -> bool:
        """Return whether it stands for pods."""
        return bool(self.namespace or self.namespace_labels or self.pod_labels)

    def check_choice(self) -> None:
        """Refuse a peer that is not of exactly one sort."""
        if self.selects_pods == bool(self.cidr):
            raise refuse("names neither pods nor addresses, or both", "write podLabels, namespace or cidr")

    @model_validator(mode="after")
    def _check_parts(self) -> Peer:
        self.check_choice()
        if self.namespace and self.namespace_labels:
            raise refuse("names a namespace and labels of namespaces", "write one of them")
        if self.besides and not self.cidr:
            raise refuse_parts([(("except",), "belongs to cidr", "leave it out", False)])
        if wrong := list(addresses.find_wrong(self.cidr or "::/0", self.besides)):
            raise refuse_parts((*fault, False) for fault in wrong)
        return self

    def peer(self) -> NetworkPolicyPeer:
        """Build the peer of a policy."""
        if self.cidr:
            block: IPBlock = {"cidr": self.cidr}
            if self.besides:
                block["except"] = list(self.besides)
            return {"ipBlock": block}
        peer: NetworkPolicyPeer = {}
        if self.namespace:
            peer = in_namespace(self.namespace)
        if self.namespace_labels:
            peer = {"namespaceSelector": {"matchLabels": dict(self.namespace_labels)}}
        if self.pod_labels:
            peer["podSelector"] = labels.selecting_others(self.pod_labels)
        return peer


class Egress(Peer):
    """A target outside the Dask cluster that pods may connect to."""

    host: Annotated[
        HostPattern | None,
        Field(
            description="Host name outside Kubernetes, or *.example.com for the names one level below example.com; "
            "`cni` names the network plug-in, which has to know names."
        ),
    ] = None
    ports: Annotated[
        Items[Annotated[int, Field(ge=1, le=65_535)]], Field(description="TCP ports; all ports by default.")
    ] = ()

    def check_choice(self) -> None:
        """Refuse a target that is not of exactly one sort."""
        if self.selects_pods + bool(self.cidr) + bool(self.host) != 1:
            message = "names no pods, addresses or host, or more than one of them"
            raise refuse(message, "write podLabels, namespace, cidr or host")

    def peer(self) -> NetworkPolicyPeer:
        """Build the peer of a policy; one with a name is for the network plug-in (`cni.separate`)."""
        if not self.host:
            return super().peer()
        named: Any = {NAMED: self.host}
        return cast("NetworkPolicyPeer", named)

    def rule(self) -> dict[str, Any]:
        """Build the rule of a policy."""
        return {"to": [self.peer()], **({"ports": tcp(self.ports)} if self.ports else {})}


def in_namespace(name: str) -> NetworkPolicyPeer:
    """Select every pod of a namespace."""
    return {"namespaceSelector": {"matchLabels": {NAMESPACE: name}}}


def resolve_names(platform: Platform) -> dict[str, Any]:
    """Build the rule that allows DNS queries."""
    namespace, port = DNS[platform]
    ports_: Any = [{"protocol": protocol, "port": port} for protocol in ("UDP", "TCP")]
    return {"to": [in_namespace(namespace)], "ports": ports_}


def from_addresses(ranges: Sequence[str]) -> list[NetworkPolicyPeer]:
    """Select these addresses."""
    return [{"ipBlock": {"cidr": cidr}} for cidr in ranges]


def tcp(numbers: Sequence[int]) -> list[NetworkPolicyPort]:
    """Build the TCP ports of a rule."""
    return [{"protocol": "TCP", "port": number} for number in numbers]


def policy(name: str, pods: Mapping[str, str], **rules: list[Any]) -> NetworkPolicy:
    """Build policy `name` for `pods`; `ingress` and `egress` are its rules, and an empty list denies everything."""
    types: Any = [direction.capitalize() for direction in rules]
    spec: Any = {
        "podSelector": selecting(pods),
        "policyTypes": types,
        **{direction: found for direction, found in rules.items() if found},
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(name, CLUSTER),
        "spec": spec,
    }


def admit(
    name: str, pods: Mapping[str, str], peers: Sequence[NetworkPolicyPeer], numbers: Sequence[int]
) -> NetworkPolicy:
    """Build a policy that allows `peers` to connect to TCP ports of `pods`; without peers, it denies everything."""
    return policy(name, pods, ingress=[{"from": list(peers), "ports": tcp(numbers)}] if peers else [])
