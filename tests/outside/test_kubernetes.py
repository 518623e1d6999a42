"""Requests that the Kubernetes API gets, and what is made of its answers, refusals and silence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import kr8s
import pytest

from daskgen.outside.kubernetes import AccessError, Kubernetes

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "prod-worker-a", "namespace": "analytics"}}

Answer = httpx.Response | Exception


def answer(status: int, **body: Any) -> httpx.Response:
    return httpx.Response(status, json=body)


class Server:
    """Gives these answers one after the other, and notes what it is asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.asked = list(answers), list[dict[str, Any]]()
        self.auth = SimpleNamespace(active_context="")

    @asynccontextmanager
    async def call_api(self, **request: Any) -> AsyncIterator[httpx.Response]:
        self.asked.append(request)
        match self.answers.pop(0):
            case Exception() as error:
                raise error
            case httpx.Response() as found:
                yield found

    def name_requests(self) -> list[str]:
        return [
            f"{request['method']} {request['version']} {request['namespace']} {request['url']}"
            for request in self.asked
        ]


def ask(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def test_objects_are_found_by_their_labels() -> None:
    server = Server(answer(200, items=[{"metadata": POD["metadata"]}]))
    labels = {"app.kubernetes.io/instance": "prod", "daskgen/worker-group": "gpu"}
    assert ask(Kubernetes(server).find("v1", "Pod", "analytics", labels)) == [POD]
    assert server.name_requests() == ["GET v1 analytics pods"]
    selector = "app.kubernetes.io/instance=prod,daskgen/worker-group=gpu"
    assert server.asked[0]["params"] == {"labelSelector": selector}


def test_objects_are_found_in_all_namespaces() -> None:
    server = Server(answer(200, items=[]))
    assert ask(Kubernetes(server).find("networking.k8s.io/v1", "NetworkPolicy", "", {})) == []
    assert server.name_requests() == ["GET networking.k8s.io/v1 None networkpolicies"]


def test_what_is_not_there_is_no_error() -> None:
    gone = answer(404, message="not found")
    assert ask(Kubernetes(Server(gone)).find("kubernetes.dask.org/v1", "DaskCluster", "analytics", {})) == []
    assert ask(Kubernetes(Server(gone)).get(POD)) is None
    assert ask(Kubernetes(Server(gone)).delete(POD)) is None


@pytest.mark.parametrize("method", ["get", "delete", "create", "try_apply"])
def test_a_refusal_is_told_in_the_words_of_kubernetes(method: str) -> None:
    kubernetes = Kubernetes(Server(answer(403, message='pods "prod-worker-a" is forbidden')))
    with pytest.raises(AccessError, match=r'^Kubernetes refuses: pods "prod-worker-a" is forbidden$') as refused:
        ask(getattr(kubernetes, method)(POD))
    assert refused.value.status == 403


def test_lists_are_refused_as_well() -> None:
    with pytest.raises(AccessError, match="pods is forbidden"):
        ask(Kubernetes(Server(answer(403, message="pods is forbidden"))).find("v1", "Pod", "analytics", {}))


def test_a_dry_run_applies_in_the_name_of_a_manager_and_changes_nothing() -> None:
    server = Server(answer(200, **POD), answer(200, **POD))
    assert ask(Kubernetes(server).try_apply(POD)) == POD
    ask(Kubernetes(server).try_apply(POD, "kustomize-controller"))
    assert server.name_requests()[0] == "PATCH v1 analytics pods/prod-worker-a"
    assert [request["params"] for request in server.asked] == [
        {"dryRun": "All", "force": "true", "fieldManager": manager} for manager in ("daskgen", "kustomize-controller")
    ]
    assert server.asked[0]["headers"] == {"content-type": "application/apply-patch+yaml"}
    assert json.loads(server.asked[0]["content"]) == POD


def test_objects_are_created_and_deleted_with_what_they_own() -> None:
    server = Server(answer(201, **POD), answer(200))
    assert ask(Kubernetes(server).create(POD)) == POD
    ask(Kubernetes(server).delete(POD))
    assert server.name_requests() == ["POST v1 analytics pods", "DELETE v1 analytics pods/prod-worker-a"]
    assert json.loads(server.asked[0]["content"]) == POD
    assert server.asked[1]["params"] == {"propagationPolicy": "Background"}


def test_a_log_is_read_as_it_is() -> None:
    server = Server(httpx.Response(200, text="distributed.worker - INFO - größer\n"))
    assert ask(Kubernetes(server).read_log("analytics", "prod-worker-a")) == "distributed.worker - INFO - größer\n"
    assert server.name_requests() == ["GET v1 analytics pods/prod-worker-a/log"]


def test_the_last_lines_of_one_container_are_read_with_their_times() -> None:
    server = Server(httpx.Response(200, text="2026-11-21T09:00:00.1Z ready\n"))
    assert (
        ask(Kubernetes(server).read_log("analytics", "prod-worker-a", "worker", 9)) == "2026-11-21T09:00:00.1Z ready\n"
    )
    assert server.asked[0]["params"] == {"container": "worker", "tailLines": "9", "timestamps": "true"}


def test_a_token_that_has_expired_is_fetched_anew_once() -> None:
    server = Server(answer(401, message="Unauthorized"), answer(200, **POD))
    assert ask(Kubernetes(server).get(POD)) == POD
    # kr8s fetches another one only if it may raise.
    assert [request.get("raise_for_status") for request in server.asked] == [False, None]


def test_credentials_that_stay_refused_are_told_so() -> None:
    unauthorized = answer(401, message="Unauthorized")
    server = Server(unauthorized, kr8s.ServerError("Unauthorized", response=unauthorized))
    with pytest.raises(AccessError, match="the credentials are refused or have expired; log in again") as refused:
        ask(Kubernetes(server).get(POD))
    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (httpx.Response(503, text="<html>no backend</html>"), "Kubernetes refuses: 503 Service Unavailable"),
        (answer(500), "Kubernetes refuses: 500 Internal Server Error"),
        (httpx.ConnectError("connection refused"), "Kubernetes cannot be reached: connection refused"),
        (httpx.ReadError(""), "Kubernetes cannot be reached: ReadError"),
        (OSError(113, "No route to host"), r"Kubernetes cannot be reached: \[Errno 113\] No route to host"),
        (TimeoutError(), "Kubernetes: no answer within 20 seconds"),
        (kr8s.APITimeoutError("slow"), "Kubernetes: no answer within 20 seconds"),
        (kr8s.ServerError("no response"), "Kubernetes refuses: no response"),
    ],
)
def test_a_server_that_does_not_answer_is_one_sentence(found: Answer, said: str) -> None:
    with pytest.raises(AccessError, match=f"^{said}$"):
        ask(Kubernetes(Server(found)).get(POD))


@pytest.mark.parametrize(
    ("waits", "seconds"), [({}, 1.0), ({"Retry-After": "0"}, 0.0), ({"Retry-After": "3600"}, 20.0)]
)
def test_a_busy_server_is_asked_again_when_it_says_so(
    waits: dict[str, str], seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("daskgen.outside.kubernetes.asyncio.sleep", sleep)
    assert ask(Kubernetes(Server(httpx.Response(429, headers=waits), answer(200, **POD))).get(POD)) == POD
    assert slept == [seconds]


@pytest.mark.parametrize(("active", "said"), [("kind-dev", "kind-dev"), ("", "this pod's service account")])
def test_the_context_has_a_name(active: str, said: str) -> None:
    server = Server()
    server.auth.active_context = active
    assert Kubernetes(server).context == said
