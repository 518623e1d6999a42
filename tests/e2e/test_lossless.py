"""What workers hold survives whatever a cluster goes through on purpose, and what is lost by force is made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.clusters import CLIENT, CONNECT, deploy, describe, write_fleet
from e2e.harness import Kubectl, start_client, wait_until

HOLD = """
import hashlib, os, time
def digest(data):
    return hashlib.sha256(data).hexdigest()
held = client.map(lambda _: os.urandom(100_000), range(40), pure=False)
before = client.gather(client.map(digest, held))
print("held", len(before), flush=True)
while len(client.scheduler_info()["workers"]) > 1:
    time.sleep(0.5)
after = client.gather(client.map(digest, held, pure=False))
print("recomputed", sum(one != other for one, other in zip(before, after)))
"""


@pytest.mark.cluster
def test_scaling_down(namespace: Kubectl, tmp_path: Path) -> None:
    deploy(namespace, write_fleet(tmp_path, held=describe(namespace.namespace, 4)), "held")
    started = start_client(namespace, "client", CLIENT, CONNECT.format(name="held", workers=4) + HOLD)
    wait_until(lambda: "held 40" in namespace("logs", started, check=False), "data held")
    namespace("scale", "deployment/held-worker", "--replicas", "1")
    wait_until(lambda: "recomputed" in namespace("logs", started), "scaled down", 300)
    assert namespace("logs", started).split() == ["held", "40", "recomputed", "0"]
