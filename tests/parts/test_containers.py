"""Containers beside Dask's, variables from Secrets and /dev/shm: rendered, imported again, and counted."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from daskgen.kubernetes.totals import add_up
from support.fleets import read_cluster
from support.imports import import_text


def limit() -> dict[str, Any]:
    return {"limits": {"cpu": "100m", "memory": "64Mi"}}


WORKERS: dict[str, Any] = {
    "volumes": [{"name": "models", "mountPath": "/models", "emptyDir": {}}],
    "shm": "64Mi",
    "initContainers": [
        {
            "name": "fetch",
            "image": "ghcr.io/example/fetch:2.3.0",
            "resources": limit(),
            "volumeMounts": [{"name": "models", "mountPath": "/models"}],
        },
    ],
    "containers": [
        {
            "name": "logs",
            "image": "ghcr.io/example/logs:1.4.2",
            "resources": limit(),
            "securityContext": {"runAsUser": 65532, "readOnlyRootFilesystem": False},
        }
    ],
    "envFrom": [{"secretRef": {"name": "store"}, "prefix": "STORE_"}],
}


def write(**workers: Any) -> str:
    return yaml.safe_dump(
        {
            "namespace": "analytics",
            "image": "ghcr.io/dask/dask:2026.8.0-py3.12",
            "workers": [workers],
        }
    )


def read_pod(rendered: Any, name: str = "worker") -> Any:
    [pod] = [
        body["spec"]["template"]["spec"]
        for body in rendered.objects
        if body["metadata"]["name"] == f"prod-{name}" and body["kind"] == "Deployment"
    ]
    return pod


def test_a_security_context_is_filled_in_and_what_is_written_wins(make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write(**WORKERS)))
    assert rendered.problems == ()
    pod = read_pod(rendered)
    [worker, logs] = pod["containers"]
    [fetch] = pod["initContainers"]
    assert fetch["securityContext"] == worker["securityContext"]
    assert logs["securityContext"] == {
        **worker["securityContext"],
        "runAsUser": 65532,
        "readOnlyRootFilesystem": False,
    }


def test_images_of_others_are_kept(make_fleet: Any) -> None:
    pod = read_pod(read_cluster(make_fleet(prod=write(**WORKERS))))
    images = [container["image"] for container in (*pod["containers"], *pod["initContainers"])]
    assert images == [
        "ghcr.io/dask/dask:2026.8.0-py3.12",
        "ghcr.io/example/logs:1.4.2",
        "ghcr.io/example/fetch:2.3.0",
    ]


def test_shm_is_a_volume_in_memory(make_fleet: Any) -> None:
    pod = read_pod(read_cluster(make_fleet(prod=write(shm="64Mi"))))
    assert {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}} in pod["volumes"]
    assert {"name": "shm", "mountPath": "/dev/shm"} in pod["containers"][0]["volumeMounts"]  # noqa: S108


@pytest.mark.parametrize("engine", ["deployments", "operator"])
def test_what_is_rendered_is_imported_as_the_same_spec(engine: str, make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=f"engine: {engine}\n{write(**WORKERS)}"))
    [imported] = import_text(yaml.safe_dump_all(rendered.objects)).clusters
    again = yaml.safe_load(imported.text)
    assert again["workers"] == [WORKERS]
    assert "patches" not in again


MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: dask-worker}
spec:
  selector: {matchLabels: {app: dask-worker}}
  template:
    metadata: {labels: {app: dask-worker}}
    spec:
      containers:
      - name: logs
        image: ghcr.io/example/logs:1.4.2
        resources: {limits: {cpu: 100m, memory: 64Mi}}
      - name: worker
        image: ghcr.io/dask/dask:2026.8.0-py3.12
        args: [dask, worker, tcp://scheduler:8786]
        envFrom: [{configMapRef: {name: settings}}]
"""


def test_containers_of_other_manifests_become_fields(make_fleet: Any) -> None:
    [imported] = import_text(MANIFEST).clusters
    [workers] = yaml.safe_load(imported.text)["workers"]
    assert workers["containers"] == [
        {
            "name": "logs",
            "image": "ghcr.io/example/logs:1.4.2",
            "resources": {"limits": {"cpu": "100m", "memory": "64Mi"}},
        }
    ]
    assert workers["envFrom"] == [{"configMapRef": {"name": "settings"}}]
    fields = {
        entry.text for entry in imported.entries if "logs" in str(entry.source.value) and entry.outcome == "field"
    }
    assert {"containers", "envFrom"} <= fields


def count(*init: dict[str, Any]) -> tuple[int, int]:
    def container(name: str, cpu: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "resources": {"requests": {"cpu": cpu}}, **more}

    initial = [container(f"i{index}", **one) for index, one in enumerate(init)]
    pod = {"initContainers": initial, "containers": [container("worker", "2")]}
    body = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "a"},
        "spec": {"replicas": 1, "template": {"metadata": {}, "spec": pod}},
    }
    totals = add_up([body])
    return totals.millicores, totals.objects


@pytest.mark.parametrize(
    ("init", "millicores"),
    [
        ([{"cpu": "1"}], 2000),
        ([{"cpu": "3"}], 3000),
        ([{"cpu": "1", "restartPolicy": "Always"}], 3000),
        ([{"cpu": "1", "restartPolicy": "Always"}, {"cpu": "3"}], 4000),
        ([{"cpu": "3"}, {"cpu": "1", "restartPolicy": "Always"}], 3000),
    ],
)
def test_sidecars_are_counted_beside_dask_and_init_containers_before_it(
    init: list[dict[str, Any]], millicores: int
) -> None:
    assert count(*init) == (millicores, 1)
