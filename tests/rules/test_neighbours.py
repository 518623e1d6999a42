"""Rules with a bound: the first value that is refused, and the last one before it, of which nothing is said."""

from __future__ import annotations

from typing import Any

import pytest

from daskgen.parts.replicas import MOST
from support.judging import find_codes, patch_container

PVC = {"create": {"size": "1Gi"}}
SIDECAR = {"name": "helper", "image": "ghcr.io/example/helper:1.4.2"}
LIMITS = {"limits": {"cpu": "100m", "memory": "64Mi"}}
LONGEST = 63 - len("-0123456789-abcde") - len("-scheduler")


def worker(**fields: Any) -> dict[str, Any]:
    return {"workers": [{"replicas": 2, **fields}]}


def open_port(**port: Any) -> dict[str, Any]:
    """A dashboard on a node port, which addresses may reach."""
    return {"expose": {"dashboard": {"kind": "nodeport", "port": 30001, **port}}}


# A code, fields of a cluster in which it is found, and those of its neighbour.
ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("DG204", {"name": "a" * (LONGEST + 1)}, {"name": "a" * LONGEST}),
    ("DG102", worker(name="a" * 31), worker(name="a" * 30)),
    ("DG205", worker(cpu="1001m"), worker(cpu="2000m")),
    ("DG205", worker(cpu=3, processes=2), worker(cpu=4, processes=2)),
    ("DG206", worker(scratch="10Gi", spill="10241Mi"), worker(scratch="10Gi", spill="10240Mi")),
    ("DG212", worker(memory="899Mi"), worker(memory="900Mi")),
    ("DG218", worker(memory="64Gi", gracePeriod=203), worker(memory="64Gi", gracePeriod=204)),
    (
        "DG242",
        worker(requests={"cpu": "1001m"}, limits={"cpu": 1}),
        worker(requests={"cpu": 1}, limits={"cpu": 1}),
    ),
    ("DG243", worker(limits={"example.com/fpga": "500m"}), worker(limits={"example.com/fpga": 1})),
    ("DG251", worker(memory="111Mi"), worker(memory="900Mi")),
    ("DG251", {"scheduler": {"memory": "63Mi"}}, {"scheduler": {"memory": "64Mi"}}),
    ("DG251", {"scheduler": {"cpu": "9m"}}, {"scheduler": {"cpu": "10m"}}),
    ("DG253", worker(containers=[SIDECAR]), worker(containers=[{**SIDECAR, "resources": LIMITS}])),
    (
        "DG253",
        worker(containers=[{**SIDECAR, "resources": {"requests": LIMITS["limits"]}}]),
        worker(initContainers=[{**SIDECAR, "resources": LIMITS}]),
    ),
    ("DG256", worker(memory="4Gi", shm="4Gi"), worker(memory="4Gi", shm="4095Mi")),
    (
        "DG257",
        worker(volumes=[{"name": "data", "mountPath": "/data", "persistentVolumeClaim": PVC}]),
        worker(replicas=1, volumes=[{"name": "data", "mountPath": "/data", "persistentVolumeClaim": PVC}]),
    ),
    ("DG313", open_port(sources=["0.0.0.0/0"]), open_port(sources=["10.0.0.0/8"])),
]


@pytest.mark.parametrize(("code", "refused", "accepted"), ROWS)
def test_a_bound_has_two_sides(code: str, refused: dict[str, Any], accepted: dict[str, Any]) -> None:
    assert code in find_codes(**refused)
    assert find_codes(**accepted) == set()


def test_the_number_of_replicas() -> None:
    most = ("Deployment worker", {"spec": {"replicas": MOST}})
    more = ("Deployment worker", {"spec": {"replicas": MOST + 1}})
    assert (find_codes(most), find_codes(more)) == (set(), {"DG252"})


def test_ports_of_a_container_are_found_by_their_names() -> None:
    named = [patch_container(readinessProbe={"httpGet": {"port": port}}) for port in ("http-dashboard", "https")]
    assert [find_codes(patch) for patch in named] == [set(), {"DG281"}]
