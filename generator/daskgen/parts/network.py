"""Build NetworkPolicies: deny everything, then allow what Dask needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from daskgen.kubernetes import labels, ports
from daskgen.kubernetes.labels import CLUSTER, SCHEDULER, WORKER, selecting
from daskgen.kubernetes.ports import PortRange
from daskgen.model import Items, Model, Name, Unique
from daskgen.parts.policies import Egress, Peer, admit, in_namespace, policy, resolve_names, tcp

if TYPE_CHECKING:
    from daskgen.kubernetes.types import NetworkPolicy, NetworkPolicyPort
    from daskgen.parts.security import Platform
    from daskgen.paths import Path


MONITORING: Mapping[str, str] = {"openshift": "openshift-user-workload-monitoring"}
"""Namespace of the platform's Prometheus for the projects of users."""


IPFamily = Literal["IPv4", "IPv6"]


class Network(Model):
    """The connections that are allowed to the cluster and from it."""

    ip_families: Annotated[
        Items[IPFamily],
        Unique,
        Field(
            examples=[["IPv6"]],
            max_length=2,
            description="IP families of the Services, the first one first; [IPv6] where pods have no IPv4 address. By "
            "default that of the Kubernetes cluster.",
        ),
    ] = ()
    isolation: Annotated[bool, Field(description="Render NetworkPolicies.")] = True
    clients: Annotated[
        Items[Peer] | None,
        Field(
            description="Peers that may use the scheduler; by default pods in the namespace with daskgen/client=true."
        ),
    ] = None
    egress: Annotated[Items[Egress], Field(description="Targets that scheduler and workers may connect to.")] = ()
    monitoring: Annotated[Name | None, Field(description="Namespace of the Prometheus that may read metrics.")] = None

    @property
    def has_only_ipv6(self) -> bool:
        """Return whether pods listen on IPv6 alone, where Dask would look for an IPv4 address."""
        return self.ip_families == ("IPv6",)

    def describe_families(self) -> dict[str, Any]:
        """Return the fields of a Service that choose its IP families; {} leaves them to Kubernetes."""
        if not self.ip_families:
            return {}
        policy = "RequireDualStack" if len(self.ip_families) > 1 else "SingleStack"
        return {"ipFamilies": list(self.ip_families), "ipFamilyPolicy": policy}

    def policies(
        self, platform: Platform, notebooks: Mapping[str, str], more: Sequence[PortRange] = ()
    ) -> list[NetworkPolicy]:
        """Build the policies; `notebooks` are labels of pods that are clients by default.

        `more` are ranges of ports on which workers and nannies listen besides the usual ones.
        """
        if not self.isolation:
            return []
        return [
            _deny_all(platform),
            _reach_scheduler(more),
            _reach_workers(more),
            self._reach_from_clients(notebooks),
            *self._reach_others(platform),
        ]

    def join(
        self, platform: Platform, peers: Sequence[Peer], port: int, more: Sequence[PortRange]
    ) -> list[NetworkPolicy]:
        """Build the policies of workers that join a scheduler elsewhere, which listens on `port` where `peers` are."""
        if not self.isolation:
            return []
        joining = policy(
            "worker",
            WORKER,
            ingress=[
                {
                    "from": [*(peer.peer() for peer in peers), {"podSelector": selecting(WORKER)}],
                    "ports": _list_worker_ports(more),
                }
            ],
            egress=[
                *([{"to": [peer.peer() for peer in peers], "ports": tcp([port])}] if peers else []),
                {"to": [{"podSelector": selecting(WORKER)}], "ports": _list_worker_ports(more)},
            ],
        )
        return [_deny_all(platform), joining, *self._reach_others(platform)]

    def _reach_others(self, platform: Platform) -> list[NetworkPolicy]:
        """Build the policies for metrics, and for targets outside."""
        monitoring = self.monitoring or MONITORING.get(platform)
        return [
            *([_reach_metrics(monitoring)] if monitoring else []),
            *([self._reach_outside()] if self.egress else []),
        ]

    def find_origins(self, policy: str) -> tuple[tuple[Path, Path], ...]:
        """Return the places of a policy that elements of `clients` and `egress` give, and which elements."""
        if policy == "clients":
            given = range(len(self.clients or ()))
            return tuple((("spec", "ingress", 0, "from", index), ("network", "clients", index)) for index in given)
        if policy == "egress":
            # Targets by name are in a policy of the network plug-in.
            found = [index for index, target in enumerate(self.egress) if not target.host]
            return tuple((("spec", "egress", place), ("network", "egress", index)) for place, index in enumerate(found))
        return ()

    def admitted(self, notebooks: Mapping[str, str]) -> tuple[Peer, ...]:
        """Return the peers that may use the scheduler; `notebooks` as for `policies`."""
        if self.clients is not None:
            return self.clients
        return (_default_client(), *([Peer.model_validate({"podLabels": notebooks})] if notebooks else []))

    def _reach_from_clients(self, notebooks: Mapping[str, str]) -> NetworkPolicy:
        peers = [client.peer() for client in self.admitted(notebooks)]
        return admit("clients", SCHEDULER, peers, [ports.COMM.number, ports.DASHBOARD.number])

    def _reach_outside(self) -> NetworkPolicy:
        return policy("egress", CLUSTER, egress=[target.rule() for target in self.egress])


@cache
def _default_client() -> Peer:
    """Return the peer that is admitted by default."""
    return Peer.model_validate({"podLabels": {labels.CLIENT: "true"}})


def _deny_all(platform: Platform) -> NetworkPolicy:
    return policy("default-deny", CLUSTER, ingress=[], egress=[resolve_names(platform)])


def _reach_scheduler(more: Sequence[PortRange]) -> NetworkPolicy:
    return policy(
        "scheduler",
        SCHEDULER,
        ingress=[{"from": [{"podSelector": selecting(WORKER)}], "ports": tcp([ports.COMM.number])}],
        egress=[{"to": [{"podSelector": selecting(WORKER)}], "ports": _list_worker_ports(more)}],
    )


def _reach_workers(more: Sequence[PortRange]) -> NetworkPolicy:
    return policy(
        "worker",
        WORKER,
        ingress=[
            {
                "from": [{"podSelector": selecting(SCHEDULER)}, {"podSelector": selecting(WORKER)}],
                "ports": _list_worker_ports(more),
            }
        ],
        egress=[
            {"to": [{"podSelector": selecting(SCHEDULER)}], "ports": tcp([ports.COMM.number])},
            {"to": [{"podSelector": selecting(WORKER)}], "ports": _list_worker_ports(more)},
        ],
    )


def _reach_metrics(namespace: str) -> NetworkPolicy:
    numbers = [ports.DASHBOARD.number, ports.WORKER_DASHBOARD.number]
    return admit("monitoring", CLUSTER, [in_namespace(namespace)], numbers)


def _list_worker_ports(more: Sequence[PortRange]) -> list[NetworkPolicyPort]:
    ranges: list[NetworkPolicyPort] = [{"protocol": "TCP", "port": first, "endPort": last} for first, last in more]
    return [*tcp([ports.WORKER_DASHBOARD.number, ports.WORKER.number, ports.NANNY.number]), *ranges]
