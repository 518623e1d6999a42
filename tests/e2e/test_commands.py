"""smoke, status and connect against a real cluster, well and unwell."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from daskgen.yaml.write import dump
from e2e.clusters import SMALL, deploy, describe, render, write_fleet
from e2e.harness import Kubectl, daskgen, run_client, start_daskgen, wait_until

pytestmark = pytest.mark.cluster


def apply(kubectl: Kubectl, root: Path, name: str) -> None:
    """Apply a cluster that may never get well."""
    kubectl.apply(render(root, name))


def test_a_cluster_that_is_well(namespace: Kubectl, tmp_path: Path) -> None:
    root = write_fleet(tmp_path, work=describe(namespace.namespace, 2))
    deploy(namespace, root, "work")
    for workload in ("mean", "sum", "pi"):
        said = daskgen(namespace, root, "smoke", "work", "--workload", workload, "--size", "1000")
        assert "the same everywhere" in said
        assert said.endswith("work: passed\n")
    own = tmp_path / "own.py"
    own.write_text("def run(client, size):\n    return client.submit(lambda: 6 * size).result()\n", encoding="utf-8")
    said = daskgen(namespace, root, "smoke", "work", "--workload", str(own), "--size", "8", "--format", "json")
    report = json.loads(said[said.index("{") :])
    assert (report["passed"], report["answer"]["value"], len(report["workers"])) == (True, 48, 2)
    assert namespace.get("jobs")["items"] == []
    assert daskgen(namespace, root, "status").split("\n")[1].split()[2:5] == ["ready", "2", "of"]

    # What `connect` gives is enough for a pod of somebody else.
    found = json.loads(daskgen(namespace, root, "connect", "work", "--format", "json"))
    snippet = daskgen(namespace, root, "connect", "work", "--format", "python")
    code = f"{snippet}\nprint(client.submit(sum, [20, 22]).result())"
    assert run_client(namespace, "notebook", found["clients"][0]["podLabels"], code).split()[-1] == "42"

    namespace("set", "resources", "deployment/work-worker", "--limits", "cpu=300m")
    said = daskgen(namespace, root, "status", "work", code=1)
    assert "Deployment/work-worker has drifted" in said
    changes = [line.split() for line in said.splitlines()]
    assert ["-", "cpu:", "300m"] in changes
    assert ["+", "cpu:", "200m"] in changes


def test_a_client_on_this_machine(namespace: Kubectl, tmp_path: Path) -> None:
    root = write_fleet(tmp_path, near=describe(namespace.namespace, 1))
    deploy(namespace, root, "near")
    said = daskgen(namespace, root, "smoke", "near", "--workload", "pi", "--size", "500", "--via", "port-forward")
    assert "by port-forward to near-scheduler-" in said
    assert said.count("near: passed") == 1


def test_half_of_the_workers_pending_for_want_of_cpu(namespace: Kubectl, tmp_path: Path) -> None:
    groups = [{**SMALL, "replicas": 1, "threads": 1}, {**SMALL, "name": "huge", "cpu": "900", "replicas": 1}]
    root = write_fleet(tmp_path, half=describe(namespace.namespace) | {"workers": groups})
    apply(namespace, root, "half")
    namespace("rollout", "status", "deployment/half-worker", "--timeout", "240s")
    said = daskgen(namespace, root, "smoke", "half", "--workload", "pi", "--size", "500", "--timeout", "60", code=1)
    assert "half: failed: 1 of 2 workers are connected; workers huge: pending: not enough cpu (requested: 900)" in said
    assert "pending: not enough cpu (requested: 900)" in daskgen(namespace, root, "status", code=1)


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "absent": ({"image": "registry.invalid/dask:2026.8.0"}, "image registry.invalid/dask:2026.8.0 cannot be pulled"),
    "empty": ({"env": {"PATH": "/usr/bin:/bin"}}, "does not contain the program to run, such as dask"),
}
"""Image that is not there; and without dask, at least where it is looked for."""


@pytest.mark.parametrize("name", BROKEN)
def test_an_image_that_does_not_serve(name: str, namespace: Kubectl, tmp_path: Path) -> None:
    fields, reason = BROKEN[name]
    root = write_fleet(tmp_path, **{name: describe(namespace.namespace, 1, **fields)})
    apply(namespace, root, name)
    wait_until(lambda: reason in daskgen(namespace, root, "status", name, code=1), f"status says: {reason}", 120)
    said = daskgen(namespace, root, "smoke", name, code=1)
    assert "failed: the scheduler is not ready: scheduler: " in said
    assert reason in said


def test_an_interrupted_smoke_leaves_no_job(namespace: Kubectl, tmp_path: Path) -> None:
    root = write_fleet(tmp_path, slow=describe(namespace.namespace, 1))
    deploy(namespace, root, "slow")
    endless = tmp_path / "endless.py"
    endless.write_text("import time\ndef run(client, size):\n    time.sleep(600)\n", encoding="utf-8")
    process = start_daskgen(namespace, root, "smoke", "slow", "--workload", str(endless))
    wait_until(lambda: namespace.get("jobs")["items"], "the Job is there")
    process.send_signal(signal.SIGINT)
    said = "".join(process.communicate(timeout=60))
    assert (process.returncode, said.split("\n")[-2]) == (130, "daskgen: interrupted")
    wait_until(lambda: not namespace.get("jobs")["items"], "the Job is gone", 30)


def test_a_namespace_that_is_missing(namespace: Kubectl, tmp_path: Path) -> None:
    root = write_fleet(tmp_path, away=describe("daskgen-nowhere"))
    assert "namespace daskgen-nowhere does not exist" in daskgen(namespace, root, "status", code=1)
    assert "namespace daskgen-nowhere does not exist" in daskgen(namespace, root, "smoke", "away", code=1)


def test_a_cluster_that_is_not_applied(namespace: Kubectl, tmp_path: Path) -> None:
    root = write_fleet(tmp_path, later=describe(namespace.namespace))
    assert "later: nothing of it is applied" in daskgen(namespace, root, "status", code=1)


def test_a_plan_against_what_runs(namespace: Kubectl, tmp_path: Path) -> None:
    """Server-side dry runs write nothing, and tell what applying would: also what somebody else has set since."""
    root = write_fleet(tmp_path, work=describe(namespace.namespace, 1))
    assert "added:            the cluster" in daskgen(namespace, root, "plan", "--live", code=1)
    apply(namespace, root, "work")
    assert "nothing changes" in daskgen(namespace, root, "plan", "--live")

    namespace("scale", "deployment/work-worker", "--replicas", "3")
    namespace("delete", "networkpolicy", "work-clients")
    write_fleet(tmp_path, work=describe(namespace.namespace, 1, env={"GREETING": "hello"}))
    before = list_versions(namespace)
    said = daskgen(namespace, root, "plan", "--live", code=1)
    assert "Deployment work-worker spec.replicas: 3, set by kubectl → 1" in said
    assert "rolled out:       workers default" in said
    assert "scaled:           workers default 3 → 1" in said
    assert "added:            NetworkPolicy work-clients" in said
    assert list_versions(namespace) == before


def list_versions(kubectl: Kubectl) -> dict[str, str]:
    """The versions of the specs of Deployments and of other objects that only people write."""
    found = kubectl.get("deployments,configmaps,networkpolicies,services", "--selector", "app.kubernetes.io/name=dask")
    names = (body["metadata"] for body in found["items"])
    return {meta["uid"]: str(meta.get("generation")) for meta in names}


def test_no_way_in(namespace: Kubectl, tmp_path: Path) -> None:
    root = write_fleet(tmp_path, work=describe(namespace.namespace))
    said = daskgen(namespace, root, "status", "--context", "nobody", code=2)
    assert said.startswith("daskgen: context nobody: ")
    assert "kubectl config get-contexts" in said
    deaf = write_kubeconfig(tmp_path, "https://127.0.0.1:1", "none")
    assert "cannot be reached" in daskgen(Kubectl(deaf), root, "status", code=2)


def test_no_rights(namespace: Kubectl, tmp_path: Path) -> None:
    root = write_fleet(tmp_path, work=describe(namespace.namespace))
    namespace("create", "serviceaccount", "guest")
    token = namespace("create", "token", "guest").strip()
    server = namespace("config", "view", "--minify", "--output", "jsonpath={.clusters[0].cluster.server}")
    guest = Kubectl(write_kubeconfig(tmp_path, server, token))
    forbidden = "Kubernetes refuses: deployments.apps is forbidden"
    assert f"work: its state is not known: {forbidden}" in daskgen(guest, root, "status", code=1)
    assert forbidden in daskgen(guest, root, "smoke", "work", code=2)
    wrong = Kubectl(write_kubeconfig(tmp_path, server, "expired"))
    assert "the credentials are refused or have expired" in daskgen(wrong, root, "status", code=2)


def write_kubeconfig(folder: Path, server: str, token: str) -> str:
    """A kubeconfig with which `token` logs in at `server`; gives its path."""
    cluster = {"server": server, "insecure-skip-tls-verify": True}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "guest",
        "clusters": [{"name": "here", "cluster": cluster}],
        "users": [{"name": "guest", "user": {"token": token}}],
        "contexts": [{"name": "guest", "context": {"cluster": "here", "user": "guest"}}],
    }
    path = folder / "kubeconfig"
    path.write_text(dump(config), encoding="utf-8")
    return str(path)
