"""A cluster where pods have IPv6 addresses alone: it computes, and hands its data over when a worker goes."""

from __future__ import annotations

from ipaddress import IPv6Address
from pathlib import Path

import pytest

from e2e.clusters import CLIENT, deploy, describe, write_fleet
from e2e.harness import Kubectl, daskgen, run_client

START = """
from dask.distributed import Client, wait
client = Client("tcp://six-scheduler:8786", timeout=60)
client.wait_for_workers({workers}, timeout=120)
"""

HOLD = (
    START
    + """
held = client.map(lambda x: (x, __import__("uuid").uuid4().hex), range(20), pure=False)
wait(held)
for index, future in enumerate(held):
    client.publish_dataset(future, name=str(index))
print(*client.scheduler_info(n_workers=-1)["workers"])
print(*sorted(value for _, value in client.gather(held)))
"""
)

READ = (
    START
    + """
while len(client.scheduler_info(n_workers=-1)["workers"]) > 1:
    __import__("time").sleep(0.5)
print(*sorted(value for _, value in client.gather([client.get_dataset(name) for name in client.list_datasets()])))
"""
)


@pytest.mark.cluster
def test_a_cluster_of_ipv6_addresses(namespace: Kubectl, tmp_path: Path) -> None:
    network = {"ipFamilies": ["IPv6"]}
    root = write_fleet(tmp_path, six=describe(namespace.namespace, 2, network=network))
    deploy(namespace, root, "six")
    assert "workers default: 2 of 2 ready" in daskgen(namespace, root, "status", "six")
    assert "six: passed" in daskgen(namespace, root, "smoke", "six")

    workers, held = run_client(namespace, "before", CLIENT, HOLD.format(workers=2)).strip().split("\n")
    addresses = [address.removeprefix("tcp://[").partition("]")[0] for address in workers.split()]
    assert len({IPv6Address(address) for address in addresses}) == 2
    write_fleet(tmp_path, six=describe(namespace.namespace, 1, network=network))
    deploy(namespace, root, "six")
    assert run_client(namespace, "after", CLIENT, READ.format(workers=1)).strip() == held
