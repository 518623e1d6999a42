"""The number of requests to the API server grows with namespaces and dry runs, and few are sent at a time."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from conftest import SMALL, MakeFleet
from daskgen.kubernetes.labels import INSTANCE
from daskgen.kubernetes.objects import Object
from daskgen.layers.truth import Identity
from daskgen.live.orphans import KINDS, find_orphans
from daskgen.live.requests import AT_ONCE, SharedApi
from daskgen.live.status import read_states
from daskgen.render.cluster import RenderedCluster
from support.fleets import read_cluster
from support.recorded import Recorded, run

CLUSTERS, NAMESPACES = 1000, 10


class Counting(Recorded):
    """Kubernetes that counts requests, and how many are sent at a time."""

    def __init__(self, objects: list[Object]) -> None:
        super().__init__(objects)
        self.counts: Counter[str] = Counter()
        self.now = self.most = 0

    async def _count(self, method: str) -> None:
        self.counts[method] += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1

    async def find(self, version: str, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        await self._count("list")
        return await super().find(version, kind, namespace, labels)

    async def get(self, body: Object) -> Object | None:
        await self._count("get")
        return await super().get(body)

    async def try_apply(self, body: Object, manager: str = "") -> Object:
        await self._count("dry run")
        return await super().try_apply(body, manager)


class Named(NamedTuple):
    """A cluster under another name, in another namespace."""

    name: str
    identity: Identity
    objects: list[Object]


def copy(cluster: RenderedCluster, objects: list[Object], number: int) -> list[Object]:
    """Return objects of a cluster as those of another cluster with this number."""
    names = {cluster.name: f"c{number}", cluster.identity.namespace: f"team-{number % NAMESPACES}"}
    text = json.dumps(objects)
    for old, new in names.items():
        text = re.sub(rf"\b{old}\b", new, text)
    return list(json.loads(text))


@pytest.fixture
def many(make_fleet: MakeFleet) -> tuple[list[Any], list[Object]]:
    """Make 1,000 clusters in ten namespaces, and what Kubernetes has of them."""
    prod = read_cluster(make_fleet(prod=SMALL))
    clusters = [
        Named(f"c{number}", Identity(f"c{number}", f"team-{number % NAMESPACES}", prod.identity.image), rendered)
        for number in range(CLUSTERS)
        if (rendered := copy(prod, prod.objects, number))
    ]
    return clusters, [body for number in range(CLUSTERS) for body in copy(prod, run(prod), number)]


@pytest.mark.parametrize("drift", [False, True])
def test_a_kind_is_listed_once_in_a_namespace(many: tuple[list[Any], list[Object]], drift: bool) -> None:
    clusters, objects = many
    counting = Counting(objects)

    async def read() -> None:
        api = SharedApi(counting, clusters)
        states = await read_states(api, clusters, drift=drift)
        assert all(state.well for state in states)
        assert await find_orphans(api, clusters) == ({}, (), ())

    asyncio.run(read())
    bodies = clusters[0].objects
    kinds = {body["kind"] for body in bodies} if drift else {"Deployment"}
    everywhere = len(KINDS)
    assert counting.counts == {
        "list": NAMESPACES * len({*kinds, "Pod"}) + everywhere,
        "get": NAMESPACES,
        **({"dry run": CLUSTERS * len(bodies)} if drift else {}),
    }
    assert counting.most <= AT_ONCE


def test_a_cluster_alone_in_its_namespace_is_listed_by_its_name(make_fleet: MakeFleet) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    seen = []

    class Seeing(Recorded):
        async def find(self, version: str, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
            seen.append(labels)
            return await super().find(version, kind, namespace, labels)

    [state] = asyncio.run(read_states(SharedApi(Seeing(run(prod)), [prod]), [prod], drift=True))
    assert state.well
    assert all(labels[INSTANCE] == "prod" for labels in seen)


def test_an_object_that_lost_its_labels_is_still_found(make_fleet: MakeFleet) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    objects = run(prod)
    [account] = [body for body in objects if body["kind"] == "ServiceAccount"]
    account["metadata"]["labels"] = {}
    [state] = asyncio.run(read_states(SharedApi(Recorded(objects), [prod]), [prod], drift=True))
    assert [(drift.kind, "+  labels:" in drift.how) for drift in state.drift or ()] == [("ServiceAccount", True)]
