"""Reduce requests to the API server: list each kind once per namespace, and send few requests at the same time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from daskgen.kubernetes.labels import CLUSTER, INSTANCE
from daskgen.kubernetes.objects import Object
from daskgen.outside.kubernetes import AccessError, Api
from daskgen.render.overlay import RenderedOverlay

Answer = TypeVar("Answer")

AT_ONCE = 24
"""Requests that are sent at the same time."""


class SharedApi:
    """An API with a cache of what it has read, for the duration of one command."""

    def __init__(self, api: Api, overlays: Iterable[RenderedOverlay]) -> None:
        self._api = api
        self._limit = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[tuple[str, ...], asyncio.Task[Any]] = {}
        self._names: dict[str, set[str]] = defaultdict(set)
        for overlay in overlays:
            self._names[overlay.identity.namespace].add(overlay.name)

    async def find(self, version: str, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        """Find Dask's objects in the list of their namespace, and others by a separate request; see `Api`."""
        if not (namespace and labels.items() >= CLUSTER.items()):
            return await self._send(self._api.find(version, kind, namespace, labels))
        shared = self._widen(namespace, labels)
        listed: list[Object] = await self._share(
            (version, kind, namespace, shared.get(INSTANCE, "")),
            lambda: self._api.find(version, kind, namespace, shared),
        )
        return [body for body in listed if labels.items() <= body["metadata"].get("labels", {}).items()]

    def _widen(self, namespace: str, labels: Mapping[str, str]) -> Mapping[str, str]:
        """Return labels that select the objects of all clusters asked about; if that is one, only its own."""
        alone = self._names[namespace] == {labels.get(INSTANCE)}
        return {**CLUSTER, INSTANCE: labels[INSTANCE]} if alone else CLUSTER

    async def get(self, body: Object) -> Object | None:
        """Find one of Dask's objects in the list of its namespace, and any other by a separate request; see `Api`."""
        meta = body["metadata"]
        listed = await self._list_if_allowed(body, meta.get("namespace", ""), meta.get("labels", {}))
        same = [found for found in listed if found["metadata"]["name"] == meta["name"]]
        if same:
            return same[0]
        key = (body["kind"], meta.get("namespace", ""), meta["name"])
        found: Object | None = await self._share(key, lambda: self._api.get(body))
        return found

    async def _list_if_allowed(self, body: Object, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        if not (namespace and labels.items() >= CLUSTER.items() and INSTANCE in labels):
            return []
        wanted = {**CLUSTER, INSTANCE: labels[INSTANCE]}
        return await find_if_allowed(self, body["apiVersion"], body["kind"], namespace, wanted) or []

    async def try_apply(self, body: Object, manager: str = "") -> Object:
        """See `Api`."""
        return await self._send(self._api.try_apply(body, manager))

    async def create(self, body: Object) -> Object:
        """See `Api`."""
        return await self._send(self._api.create(body))

    async def delete(self, body: Object) -> None:
        """See `Api`."""
        await self._send(self._api.delete(body))

    async def read_log(self, namespace: str, pod: str, container: str = "", lines: int = 0) -> str:
        """See `Api`."""
        return await self._send(self._api.read_log(namespace, pod, container, lines))

    async def _share(self, key: tuple[str, ...], ask: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Send a request unless the same was sent before, and return its result or raise its error."""
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._send(ask()))
        return await self._tasks[key]

    async def _send(self, request: Coroutine[Any, Any, Answer]) -> Answer:
        async with self._limit:
            return await request


async def answer_if_allowed(request: Awaitable[Answer]) -> Answer | None:
    """Return the answer to a request; None without the right, which users often lack."""
    try:
        return await request
    except AccessError as error:
        if error.status == 403:
            return None
        raise


async def find_if_allowed(
    api: Api, version: str, kind: str, namespace: str, labels: Mapping[str, str]
) -> list[Object] | None:
    """Return what `Api.find` finds; None without the right to it."""
    return await answer_if_allowed(api.find(version, kind, namespace, labels))


async def get_secret(api: Api, namespace: str, name: str) -> Object | None:
    """Return a Secret; None if it does not exist. Raises `AccessError`."""
    meta = {"name": name, "namespace": namespace}
    return await api.get({"apiVersion": "v1", "kind": "Secret", "metadata": meta})
