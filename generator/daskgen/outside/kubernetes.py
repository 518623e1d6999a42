"""Access the Kubernetes API for commands on running clusters. The only module that uses kr8s."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol

from daskgen.findings.problem import DaskgenError
from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.objects import Object

TIMEOUT = 20.0
"""Seconds to wait for an answer of the API."""

TRIES = 10
"""Number of requests to a server that is too busy to answer, the same as in client-go."""

DRY_RUN = {"dryRun": "All", "force": "true"}
MANAGER = "daskgen"
"""Field manager for objects that nobody has applied yet."""

APPLY = {"content-type": "application/apply-patch+yaml"}


class AccessError(DaskgenError):
    """Kubernetes cannot be reached, or refuses a request; `status` is the HTTP status, 0 without an answer."""

    def __init__(self, message: str, status: int = 0) -> None:
        self.status = status
        super().__init__(message)


class Api(Protocol):
    """The requests that commands send to Kubernetes. Every method raises `AccessError`."""

    async def find(self, version: str, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        """Find objects with `labels` in a namespace, or in all for ""; none if Kubernetes does not know the kind."""

    async def get(self, body: Object) -> Object | None:
        """Return the object that `body` names; None if it does not exist."""

    async def try_apply(self, body: Object, manager: str = "") -> Object:
        """Return the result of a dry run that applies `body` as a field manager."""

    async def create(self, body: Object) -> Object:
        """Create the object."""

    async def delete(self, body: Object) -> None:
        """Delete the object and what it owns, in the background; it need not exist."""

    async def read_log(self, namespace: str, pod: str, container: str = "", lines: int = 0) -> str:
        """Read the log of a container: all of it, or the last `lines`, each with its time in front.

        The name of the container can be left out if the pod has only one.
        """


class Kubernetes:
    """The API server of a context of the user's kubeconfig."""

    def __init__(self, api: Any) -> None:
        self._api = api

    @property
    def context(self) -> str:
        """Return the context of the kubeconfig that is used; within a pod there is none."""
        return self._api.auth.active_context or "this pod's service account"

    async def find(self, version: str, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        """See `Api`."""
        path, selector = find_kind(kind).path, ",".join(f"{key}={value}" for key, value in labels.items())
        try:
            answer = await self._call("GET", version, namespace or None, path, params={"labelSelector": selector})
        except AccessError as error:
            if error.status == 404:
                return []
            raise
        return [{"apiVersion": version, "kind": kind, **item} for item in json.loads(answer)["items"]]

    async def get(self, body: Object) -> Object | None:
        """See `Api`."""
        try:
            return _read(await self._call_on(body, "GET"))
        except AccessError as error:
            if error.status == 404:
                return None
            raise

    async def try_apply(self, body: Object, manager: str = "") -> Object:
        """See `Api`."""
        params = {**DRY_RUN, "fieldManager": manager or MANAGER}
        return _read(await self._call_on(body, "PATCH", content=json.dumps(body), params=params, headers=APPLY))

    async def create(self, body: Object) -> Object:
        """See `Api`."""
        version, namespace = body["apiVersion"], body["metadata"]["namespace"]
        return _read(
            await self._call("POST", version, namespace, find_kind(body["kind"]).path, content=json.dumps(body))
        )

    async def delete(self, body: Object) -> None:
        """See `Api`."""
        try:
            await self._call_on(body, "DELETE", params={"propagationPolicy": "Background"})
        except AccessError as error:
            if error.status != 404:
                raise

    async def read_log(self, namespace: str, pod: str, container: str = "", lines: int = 0) -> str:
        """See `Api`."""
        params: dict[str, str] = {"container": container} if container else {}
        params |= {"tailLines": str(lines), "timestamps": "true"} if lines else {}
        return await self._call("GET", "v1", namespace, f"pods/{pod}/log", params=params)

    @asynccontextmanager
    async def forward(self, pod: Object, port: int) -> AsyncIterator[int]:
        """Forward a port of a pod, and yield the local port. Network policies do not apply to such connections."""
        from kr8s.asyncio.objects import Pod  # noqa: PLC0415 - see `connect`

        asyncio.get_running_loop().set_exception_handler(ignore_cancellation)
        async with Pod(pod, api=self._api).portforward(port, local_port="auto") as local:
            yield local

    async def _call_on(self, body: Object, method: str, **options: Any) -> str:
        meta = body["metadata"]
        path = f"{find_kind(body['kind']).path}/{meta['name']}"
        return await self._call(method, body["apiVersion"], meta.get("namespace"), path, **options)

    async def _call(self, method: str, version: str, namespace: str | None, path: str, **options: Any) -> str:
        request = {"method": method, "version": version, "namespace": namespace, "url": path, **options}
        # kr8s also logs in again after 403, which cancels all other requests in progress.
        answer = await self._ask_patiently(request)
        if answer.status_code == 401:
            answer = await self._ask(request)
        if answer.is_error:
            raise AccessError(
                _describe_refusal("Kubernetes", answer.status_code, _read_message(answer)), answer.status_code
            )
        return str(answer.text)

    async def _ask_patiently(self, request: Mapping[str, Any]) -> Any:
        """Return the answer of a server that may be busy, or does not yet serve a new definition, by asking again."""
        for _ in range(TRIES - 1):
            answer = await self._ask(request, raise_for_status=False)
            if answer.status_code != 429:
                return answer
            await asyncio.sleep(min(float(answer.headers.get("Retry-After", 1)), TIMEOUT))
        return await self._ask(request, raise_for_status=False)

    async def _ask(self, request: Mapping[str, Any], **options: Any) -> Any:
        with _explaining():
            async with self._api.call_api(**request, **options) as answer:
                return answer


def ignore_cancellation(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report errors in callbacks, except those of connections that are cancelled when the loop ends.

    Before Python 3.12, asyncio's streams report these as errors with a traceback.
    """
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


async def connect(context: str | None) -> Kubernetes:
    """Connect to the API server of `context`, by default the current one of the kubeconfig."""
    try:
        import kr8s.asyncio  # noqa: PLC0415 - an extra, and half a second
    except ImportError:
        raise AccessError("this command needs further packages: pip install 'daskgen[cluster]'") from None
    where = f"context {context}" if context else "the current context"
    with warnings.catch_warnings(), _explaining(where):
        warnings.simplefilter("ignore")  # of versions that kr8s has not been tested with
        async with asyncio.timeout(TIMEOUT):
            api = await kr8s.asyncio.api(context=context)
    api.timeout = TIMEOUT
    return Kubernetes(api)


@contextmanager
def _explaining(where: str = "Kubernetes") -> Iterator[None]:
    """Turn all errors of a request into an `AccessError` with one sentence."""
    import httpx  # noqa: PLC0415 - see `connect`
    import kr8s  # noqa: PLC0415 - see `connect`
    import yaml  # noqa: PLC0415 - as kr8s reads kubeconfigs

    try:
        yield
    except yaml.YAMLError as error:
        # The error's own message quotes the file, which contains secrets.
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise AccessError(f"{where}: the kubeconfig cannot be read as YAML{line}") from None
    except kr8s.ServerError as error:
        status = error.response.status_code if error.response is not None else 0
        raise AccessError(_describe_refusal(where, status, str(error)), status) from None
    except (TimeoutError, kr8s.APITimeoutError):
        raise AccessError(f"{where}: no answer within {TIMEOUT:g} seconds") from None
    except (httpx.TransportError, OSError) as error:
        raise AccessError(f"{where} cannot be reached: {str(error) or type(error).__name__}") from None
    except (ValueError, KeyError) as error:
        # kr8s raises this for a kubeconfig without such a context, user or cluster.
        raise AccessError(f"{where}: {error}; `kubectl config get-contexts` lists the known ones") from None


def _describe_refusal(where: str, status: int, message: str) -> str:
    if status == 401:
        return f"{where}: the credentials are refused or have expired; log in again"
    return f"{where} refuses: {message}"


def _read_message(answer: Any) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.reason_phrase}"


def _read(text: str) -> Object:
    document: Object = json.loads(text)
    return document
