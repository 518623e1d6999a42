"""What `status` and `smoke` say of workers whose scheduler somebody else has started."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.clusters import deploy, write_fleet
from e2e.harness import Kubectl, daskgen, list_names
from e2e.test_existing_scheduler import describe_workers, start_scheduler


@pytest.mark.cluster
def test_status_and_smoke(namespace: Kubectl, tmp_path: Path) -> None:
    start_scheduler(namespace)
    root = write_fleet(tmp_path, joined=describe_workers(namespace, 1))
    deploy(namespace, root, "joined")
    assert "workers default: 1 of 1 ready" in daskgen(namespace, root, "status", "joined")
    assert "joined: tcp://legacy:8786, by Job" in (tried := daskgen(namespace, root, "smoke", "joined"))
    assert "joined: passed" in tried
    forwarded = daskgen(namespace, root, "smoke", "joined", "--via", "port-forward", code=2)
    assert "joined has no scheduler of its own to forward to" in forwarded

    namespace("delete", "pod", "legacy")
    worker = f"pod/{list_names(namespace, 'worker')[0]}"
    namespace("wait", worker, "--for", "condition=Ready=False", "--timeout", "120s")
    assert "workers default: 0 of 1 ready" in daskgen(namespace, root, "status", "joined", code=1)
    failed = daskgen(namespace, root, "smoke", "joined", "--timeout", "20", code=1)
    assert "tcp://legacy:8786" in failed
    assert "joined: failed" in failed, failed
