"""`smoke` on a real cluster where a client can hardly run."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from e2e.clusters import deploy, describe, write_fleet
from e2e.harness import Kubectl, start_daskgen

pytestmark = pytest.mark.cluster


def test_a_quota_without_room_for_a_client_and_a_client_on_this_machine(namespace: Kubectl, tmp_path: Path) -> None:
    root = write_fleet(tmp_path, full=describe(namespace.namespace, 1))
    deploy(namespace, root, "full")

    near = start_daskgen(namespace, root, "smoke", "full", "--workload", "pi", "--size", "500", "--via", "port-forward")
    said, errors = near.communicate(timeout=120)
    assert said.endswith("full: passed\n"), errors
    assert "Traceback" not in errors

    hard = {"pods": str(len(namespace.get("pods")["items"]))}
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none-left"}, "spec": {"hard": hard}}
    namespace.apply([quota])
    time.sleep(2)  # the quota counts what is there before it holds
    start = time.monotonic()
    there = start_daskgen(namespace, root, "smoke", "full")
    said, _ = there.communicate(timeout=120)
    assert "the client's pod cannot be created" in said
    assert "exceeded quota: none-left" in said
    assert time.monotonic() - start < 20
