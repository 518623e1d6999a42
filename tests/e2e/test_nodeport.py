"""Node ports answer whom `sources` holds, outside Kubernetes' own network."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from daskgen.kubernetes.ports import NODE_PORTS
from e2e.clusters import deploy, scale_down, write_fleet
from e2e.harness import Kubectl, find_own_address, list_nodes, list_pods, make_claim, settle

COMPUTE = """
import sys
from dask.distributed import Client
with Client(sys.argv[1], timeout=30) as client:
    client.wait_for_workers(2, timeout=120)
    print(sum(client.gather(client.map(abs, range(-10, 0)))))
"""


@pytest.fixture
def nodes(cluster: Kubectl) -> dict[str, str]:
    """The nodes' addresses, which the tests must be able to reach."""
    addresses = list_nodes(cluster)
    for address in addresses.values():
        assert answers(address, 10250), f"tests of node ports must run where nodes are reached, and {address} is not"
    return addresses


def answers(host: str, port: int) -> bool:
    """Whether a TCP connection is made."""
    try:
        socket.create_connection((host, port), 3).close()
    except OSError:
        return False
    return True


UNUSED = NODE_PORTS[:86]
"""Ports that Kubernetes gives out last: https://kubernetes.io/docs/concepts/services-networking/service/#avoid-nodeport-collisions.
Those of `dev` itself are not among them, and may be taken by another test."""


def choose_ports(cluster: Kubectl) -> dict[str, int]:
    """Free node ports."""
    services = cluster.get("services", "--all-namespaces")["items"]
    taken = {port.get("nodePort") for service in services for port in service["spec"]["ports"]}
    dashboard, scheduler = random.sample(sorted({*UNUSED} - taken), 2)
    return {"dashboard": dashboard, "scheduler": scheduler}


def deploy_dev(kubectl: Kubectl, folder: Path, ports: Mapping[str, int], **fields: Any) -> str:
    """Deploy `dev` with these ports and fields of both exposures, and give the name of the scheduler's node."""
    exposed = {name: {"port": port, **fields} for name, port in ports.items()}
    deploy(kubectl, write_fleet(folder, dev=scale_down("dev", kubectl.namespace, {"expose": exposed})), "dev")
    [scheduler] = list_pods(kubectl, "scheduler").values()
    return str(scheduler["spec"]["nodeName"])


def look(nodes: Mapping[str, str], ports: Mapping[str, int]) -> dict[str, bool]:
    """Which node answers on which port."""
    asked = {f"{name} on {node}": (address, port) for name, port in ports.items() for node, address in nodes.items()}
    with ThreadPoolExecutor(len(asked)) as pool:
        return dict(zip(asked, pool.map(lambda question: answers(*question), asked.values()), strict=True))


@pytest.mark.cluster
def test_the_schedulers_node_answers_whom_sources_hold(
    namespace: Kubectl, nodes: dict[str, str], tmp_path: Path
) -> None:
    namespace.apply([make_claim("csv-files")])
    ports = choose_ports(namespace)
    here = find_own_address(next(iter(nodes.values())))
    node = deploy_dev(namespace, tmp_path, ports, sources=[f"{here}/32"])
    local = {f"{name} on {host}": host == node for name in ports for host in nodes}
    assert settle(lambda: look(nodes, ports), local) == local
    assert read(f"http://{nodes[node]}:{ports['dashboard']}/health") == "ok"
    assert "Dask" in read(f"http://{nodes[node]}:{ports['dashboard']}/status")
    assert compute(f"tcp://{nodes[node]}:{ports['scheduler']}") == "55"

    deploy_dev(namespace, tmp_path, ports, sources=["192.0.2.0/24"])
    nobody = dict.fromkeys(local, False)
    assert settle(lambda: look(nodes, ports), nobody) == nobody


@pytest.mark.cluster
def test_other_nodes_answer_with_traffic_policy_cluster(
    namespace: Kubectl, nodes: dict[str, str], tmp_path: Path
) -> None:
    """Then the scheduler's node sees their addresses; some networks hold policies on the others too, which see ours."""
    namespace.apply([make_claim("csv-files")])
    ports = choose_ports(namespace)
    here = find_own_address(next(iter(nodes.values())))
    sources = [f"{node}/32" for node in (here, *nodes.values())]
    node = deploy_dev(namespace, tmp_path, ports, sources=sources, trafficPolicy="Cluster")
    others = {name: address for name, address in nodes.items() if name != node}
    opened = dict.fromkeys(look(others, ports), True)
    assert settle(lambda: look(others, ports), opened) == opened

    deploy_dev(namespace, tmp_path, ports, sources=sources[:1], trafficPolicy="Cluster")
    closed = dict.fromkeys(opened, False)
    assert settle(lambda: look(others, ports), closed) == closed


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310
        return str(response.read(), "utf-8")


def compute(address: str) -> str:
    """What a client here has computed; in a process of its own, whose warnings are its own."""
    command = [sys.executable, "-c", COMPUTE, address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert not done.returncode, done.stderr
    return done.stdout.strip()
