"""What objects ask of Kubernetes."""

from __future__ import annotations

from typing import Any

from conftest import FLEET, SMALL, MakeFleet
from daskgen.kubernetes.labels import worker_group
from daskgen.kubernetes.totals import Totals, add_up, total
from daskgen.render.operator import render_operators
from support.fleets import load, read_cluster


def make_workers(replicas: int = 2, **pod: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": worker_group("default")}, "spec": pod}
    return {
        "kind": "Deployment",
        "metadata": {"name": "worker"},
        "spec": {"replicas": replicas, "template": template},
    }


def ask(**amounts: Any) -> dict[str, Any]:
    return {"resources": {"requests": {name.replace("_", "-"): amount for name, amount in amounts.items()}}}


def read(make_fleet: MakeFleet, text: str) -> Totals:
    root = make_fleet(prod=text)
    return read_cluster(root).totals


def test_a_cluster(make_fleet: MakeFleet) -> None:
    found = read(make_fleet, SMALL)
    assert found == Totals(1, 11, 2, 3000, 10 << 30, 0, (("ephemeral-storage", 21 << 30),))


def test_what_patches_ask_for_counts(make_fleet: MakeFleet) -> None:
    gpus = (
        "{kind: Deployment, name: worker}, "
        "patch: {spec: {template: {spec: {containers: [{name: worker, resources: {limits: {nvidia.com/gpu: 4}}}]}}}}"
    )
    assert dict(read(make_fleet, f"{SMALL}patches: [{{target: {gpus}}}]\n").others)["nvidia.com/gpu"] == 8


def test_a_range_of_workers_counts_at_its_most(make_fleet: MakeFleet) -> None:
    found = read(make_fleet, "engine: operator\n" + SMALL.replace("replicas: 2", "replicas: {min: 1, max: 9}"))
    assert (found.workers, found.millicores) == (9, 10_000)


def test_the_operator(make_fleet: MakeFleet) -> None:
    [operator] = render_operators(load(make_fleet(FLEET + "operator: {install: true, cpu: 250m}\n")).settings)
    assert (operator.totals.operators, operator.totals.workers, operator.totals.millicores) == (1, 0, 250)


def test_containers_run_together_and_those_before_them_one_by_one() -> None:
    pod = {"containers": [ask(cpu="500m"), ask(cpu=1)], "initContainers": [ask(cpu=1), ask(cpu="4", memory="1Gi")]}
    assert add_up([make_workers(3, **pod)]) == Totals(objects=1, workers=3, millicores=12_000, memory=3 << 30)


def test_volumes_are_those_of_their_own_and_those_of_each_pod() -> None:
    size = {"spec": {"resources": {"requests": {"storage": "10Gi"}}}}
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, **size}
    pod = {"containers": [], "volumes": [{"name": "own", "ephemeral": {"volumeClaimTemplate": size}}]}
    assert add_up([claim, make_workers(4, **pod)]).others == (("storage", 50 << 30),)


def test_what_is_no_amount_counts_nothing() -> None:
    assert add_up([make_workers(2, containers=[ask(cpu="many", memory="1Gi"), {"resources": None}])]).memory == 2 << 30


def test_all_together() -> None:
    one, other = Totals(1, workers=2, others=(("a", 1), ("b", 2))), Totals(1, memory=4, others=(("b", 3),))
    assert total([one, other]) == Totals(2, workers=2, memory=4, others=(("a", 1), ("b", 5)))
    assert total([]) == Totals()
