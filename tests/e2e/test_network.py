"""Nobody reaches a cluster, and a cluster reaches nobody, unless its spec says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from e2e.clusters import CLIENT, deploy, describe, write_fleet
from e2e.harness import Kubectl, list_addresses, list_names, list_nodes, list_pods, probe, settle, start_client

LISTEN = "import http.server; http.server.test(port=8080)"

Targets = Mapping[str, tuple[str, int]]


class Pod(NamedTuple):
    """A pod that looks what it reaches."""

    kubectl: Kubectl
    name: str

    @property
    def address(self) -> str:
        return str(self.kubectl.get("pod", self.name)["status"]["podIP"])


@pytest.fixture
def bystanders(namespace: Kubectl, elsewhere: Kubectl) -> dict[str, Pod]:
    """Pods that belong to no cluster."""
    wanted = {
        "stranger": (namespace, {"app": "stranger"}),
        "client": (namespace, CLIENT),
        "stranger elsewhere": (elsewhere, {"app": "stranger"}),
        "client elsewhere": (elsewhere, CLIENT),
    }
    for name, (kubectl, labels) in wanted.items():
        start_client(kubectl, name.replace(" ", "-"), labels, LISTEN)
    for kubectl in (namespace, elsewhere):
        kubectl("wait", "pods", "--all", "--for", "condition=Ready", "--timeout", "180s")
    return {name: Pod(kubectl, name.replace(" ", "-")) for name, (kubectl, _) in wanted.items()}


def start_net(namespace: Kubectl, folder: Path, workers: int = 2, **network: Any) -> dict[str, Pod]:
    """Deploy a cluster `net`, and give its scheduler and one of its workers."""
    deploy(namespace, write_fleet(folder, net=describe(namespace.namespace, workers, network=network)), "net")
    return {name: Pod(namespace, list_names(namespace, name)[0]) for name in ("scheduler", "worker")}


def list_ports(kubectl: Kubectl) -> Targets:
    """Every port of the cluster: of the scheduler's pod and Service, and of each worker's pod."""
    hosts = {
        "scheduler pod": (list_addresses(kubectl, "scheduler")[0], (8786, 8787)),
        "scheduler service": (f"net-scheduler.{kubectl.namespace}.svc", (8786, 8787)),
        **{f"worker {i}": (address, (8788, 8789, 8790)) for i, address in enumerate(list_addresses(kubectl, "worker"))},
    }
    return {f"{name} {port}": (host, port) for name, (host, ports) in hosts.items() for port in ports}


def look(pods: Mapping[str, Pod], targets: Targets) -> dict[str, dict[str, str]]:
    """What each pod finds at each target."""
    with ThreadPoolExecutor(len(pods)) as pool:
        found = pool.map(lambda pod: probe(pod.kubectl, pod.name, targets), pods.values())
    return dict(zip(pods, found, strict=True))


def expect(targets: Targets, reached: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """The table in which each pod reaches the targets whose names begin so, and no other."""
    return {
        pod: {name: "open" if name.startswith(tuple(begin)) else "shut" for name in targets}
        for pod, begin in reached.items()
    }


@pytest.mark.cluster
def test_labelled_pods_of_the_namespace_reach_the_scheduler(
    namespace: Kubectl, bystanders: dict[str, Pod], tmp_path: Path
) -> None:
    cluster = start_net(namespace, tmp_path)
    targets = list_ports(namespace)
    expected = expect(
        targets,
        {
            "stranger": [],
            "client": ["scheduler"],
            "stranger elsewhere": [],
            "client elsewhere": [],
            "worker": ["scheduler pod 8786", "scheduler service 8786", "worker"],
        },
    )
    callers = {**bystanders, "worker": cluster["worker"]}
    assert settle(lambda: look(callers, targets), expected) == expected


@pytest.mark.cluster
def test_clients_of_a_named_namespace_reach_the_scheduler(
    namespace: Kubectl, bystanders: dict[str, Pod], tmp_path: Path
) -> None:
    there = bystanders["client elsewhere"].kubectl.namespace
    start_net(namespace, tmp_path, clients=[{"namespace": there, "podLabels": CLIENT}])
    targets = list_ports(namespace)
    expected = expect(
        targets, {"stranger": [], "client": [], "stranger elsewhere": [], "client elsewhere": ["scheduler"]}
    )
    assert settle(lambda: look(bystanders, targets), expected) == expected


@pytest.mark.cluster
def test_without_isolation_everything_is_reached(
    namespace: Kubectl, bystanders: dict[str, Pod], tmp_path: Path
) -> None:
    start_net(namespace, tmp_path, isolation=False)
    targets = list_ports(namespace)
    expected = expect(targets, dict.fromkeys(bystanders, ("scheduler", "worker")))
    assert settle(lambda: look(bystanders, targets), expected) == expected


@pytest.mark.cluster
def test_scheduler_and_workers_reach_what_egress_names(
    namespace: Kubectl, bystanders: dict[str, Pod], tmp_path: Path
) -> None:
    """Names are resolved throughout: a target's name that is not would be neither open nor shut."""
    outside = bystanders["stranger elsewhere"]
    callers = {**start_net(namespace, tmp_path, workers=1), "stranger": bystanders["stranger"]}
    targets = list_outside(namespace, outside)
    everything = [*targets]
    closed = expect(targets, {"scheduler": [], "worker": [], "stranger": everything})
    assert settle(lambda: look(callers, targets), closed) == closed

    address, port = targets["API server"]
    egress = [{"cidr": f"{address}/32", "ports": [port]}, {"namespace": outside.kubectl.namespace}]
    start_net(namespace, tmp_path, workers=1, egress=egress)
    let_out = ["API server", "API Service", "pod elsewhere"]
    opened = expect(targets, {"scheduler": let_out, "worker": let_out, "stranger": everything})
    assert settle(lambda: look(callers, targets), opened) == opened


def list_outside(kubectl: Kubectl, pod: Pod) -> Targets:
    """What is outside the cluster: Kubernetes' API, another node than the pods' own, which is never shut, and a pod."""
    slices = Kubectl(kubectl.kubeconfig, "default").get("endpointslices", "-l", "kubernetes.io/service-name=kubernetes")
    server = slices["items"][0]
    return {
        "API server": (server["endpoints"][0]["addresses"][0], server["ports"][0]["port"]),
        "API Service": ("kubernetes.default.svc", 443),
        "kubelet": (find_node_without(kubectl), 10250),
        "pod elsewhere": (pod.address, 8080),
    }


def find_node_without(kubectl: Kubectl) -> str:
    """The address of a node that no pod of the cluster is on."""
    used = {pod["spec"]["nodeName"] for name in ("scheduler", "worker") for pod in list_pods(kubectl, name).values()}
    free = [address for name, address in list_nodes(kubectl).items() if name not in used]
    assert free, "this test needs a node besides those of the scheduler and the worker"
    return free[0]
