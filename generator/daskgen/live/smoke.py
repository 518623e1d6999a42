"""Run real work on a cluster and check the answer."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from daskgen.connect import CLIENT_FILES, find_connection
from daskgen.findings.problem import DaskgenError
from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import INSTANCE
from daskgen.kubernetes.objects import Object
from daskgen.live import workload
from daskgen.live.job import make_job
from daskgen.live.pods import explain, is_hopeless
from daskgen.live.rendered import find_pod_sets
from daskgen.live.requests import find_if_allowed, get_secret
from daskgen.live.state import ENDED, ClusterState
from daskgen.live.status import read_state
from daskgen.live.workload import MARK, Order
from daskgen.outside.kubernetes import Api, Kubernetes
from daskgen.render.cluster import RenderedCluster
from daskgen.spec.cluster import Cluster

ASK_EVERY = 0.5
"""Seconds between two requests."""

JOB_NAME = "batch.kubernetes.io/job-name"
"""Label of a Job's pods."""

NO_POD = "its Job has created none; events of the Job tell why, to those who may read them"

LAST_WORDS = 400
"""Longest end of a log that is shown, in characters."""


class Smoke(NamedTuple):
    """The result of a run. `report` is that of `workload.run`; empty if no client ran."""

    state: ClusterState
    via: str
    report: dict[str, Any]
    failure: str = ""
    """The reason why no client ran."""
    notebook: str = ""
    """Name of the notebook whose image the client had; "" for the cluster's."""

    @property
    def wanted(self) -> int:
        """Return the number of workers in the spec."""
        return self.state.wanted_workers

    @property
    def passed(self) -> bool:
        """Return whether the answer is right and no worker is missing."""
        right = self.report.get("answer", {}).get("right", False)
        return bool(right) and len(self.report.get("workers", ())) >= self.wanted and not self.report["error"]


Tell = Callable[[str], None]


async def smoke(
    kubernetes: Kubernetes, prepared: RenderedCluster, order: Order, via: str, tell: Tell, notebook: str = ""
) -> Smoke:
    """Find the cluster, run `order` by a client in a Job or on this machine, and report, all within its timeout.

    `notebook` names a notebook of the cluster whose image the client in a Job has, instead of the cluster's.
    """
    end = time.monotonic() + order["timeout"]
    state = await _await_scheduler(kubernetes, prepared, end, tell)
    if state.job in ENDED:
        return Smoke(state, "", {}, f"job {state.job.lower()}: the operator has deleted its cluster")
    if prepared.valid.is_template and not state.missing:
        return Smoke(
            state, "", {}, "it has no scheduler: users of the hub create clusters, which end with their servers"
        )
    if state.scheduler and not state.scheduler.wanted:
        return Smoke(state, "", {}, "it is off: scheduler.replicas is 0")
    if state.missing or (state.scheduler and not state.scheduler.ready):
        reasons = [state.missing] if state.missing else state.troubles
        return Smoke(state, "", {}, f"the scheduler is not ready: {'; '.join(reasons)}")
    rest: Order = {**order, "workers": state.wanted_workers, "timeout": max(1, round(end - time.monotonic(), 1))}
    run = partial(_run_in_job, notebook=notebook) if via == "job" else _run_here
    found = await run(kubernetes, prepared, rest, state, tell)
    # Why workers are missing may have shown only meanwhile.
    return found if found.passed else found._replace(state=await read_state(kubernetes, prepared))


async def _await_scheduler(kubernetes: Api, prepared: RenderedCluster, end: float, tell: Tell) -> ClusterState:
    """Wait until the scheduler is ready, cannot become ready, or the timeout ends; return the cluster's state."""
    told = ""
    while True:
        state = await read_state(kubernetes, prepared)
        if _is_settled(state) or time.monotonic() > end:
            return state
        heed_interruption()
        if (reasons := "; ".join(state.troubles)) != told:
            tell(f"{state.name}: waiting for the scheduler: {reasons}")
            told = reasons
        await asyncio.sleep(ASK_EVERY)


def _is_settled(state: ClusterState) -> bool:
    """Return whether the scheduler is ready, or waiting for it does not help."""
    scheduler = state.scheduler
    if not scheduler or state.missing or state.job in ENDED:
        return True
    return scheduler.ready > 0 or scheduler.hopeless or not scheduler.wanted


async def _run_in_job(
    kubernetes: Kubernetes, prepared: RenderedCluster, order: Order, state: ClusterState, tell: Tell, notebook: str
) -> Smoke:
    order = {**order, "address": find_connection(prepared.valid).scheduler}
    job = make_job(prepared.valid, prepared.objects, order, notebook)
    via = f"Job {job['metadata']['name']} in namespace {state.namespace}"
    via += f", with the image of notebook {notebook}" if notebook else ""
    tell(f"{state.name}: {order['address']}, by {via}")
    try:
        await kubernetes.create(job)
        log, failure = await _await_pod(kubernetes, job, order["timeout"], tell)
    finally:
        # Also when interrupted. If this process is killed, ttlSecondsAfterFinished deletes the Job.
        await kubernetes.delete(job)
    return Smoke(state, via, _find_report(log), failure, notebook)


async def _await_pod(kubernetes: Api, job: Object, timeout: float, tell: Tell) -> tuple[str, str]:
    """Return the log of the Job's pod once it has ended. Raises `DaskgenError` if it cannot, or not in time."""
    namespace, labels = job["metadata"]["namespace"], {JOB_NAME: job["metadata"]["name"]}
    reason = ""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            while True:
                heed_interruption()
                pods = await kubernetes.find("v1", "Pod", namespace, labels)
                if not pods and (refusal := await _find_refusal(kubernetes, job)):
                    return "", f"the client's pod cannot be created: {refusal}"
                for pod in pods:
                    runs = pod["status"].get("phase") == "Running"
                    before, reason = reason, "it is still running" if runs else explain(pod)
                    if pod["status"].get("phase") in ("Succeeded", "Failed"):
                        return await _read_log(kubernetes, pod, explain(pod))
                    if is_hopeless(pod):
                        return "", f"the client's pod cannot run: {reason}"
                    if reason.startswith("pending") and reason != before:
                        tell(f"the client's pod is {reason}")
                await asyncio.sleep(ASK_EVERY)
    return "", f"the client's pod did not end within {timeout:g} seconds: {reason or NO_POD}"


async def _find_refusal(kubernetes: Api, job: Object) -> str:
    """Return why the Job cannot create its pod: a quota, Pod Security; "" if Kubernetes reports no reason."""
    meta = job["metadata"]
    events = await find_if_allowed(kubernetes, "v1", "Event", meta["namespace"], {})
    refusals = [
        event["message"]
        for event in events or ()
        if event.get("reason") == "FailedCreate"
        and (event["involvedObject"].get("kind"), event["involvedObject"].get("name")) == ("Job", meta["name"])
    ]
    return refusals[-1] if refusals else ""


def heed_interruption() -> None:
    """Raise `KeyboardInterrupt` for interruptions that libraries in between swallow."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


async def _read_log(kubernetes: Api, pod: Object, reason: str) -> tuple[str, str]:
    log = await kubernetes.read_log(pod["metadata"]["namespace"], pod["metadata"]["name"])
    said = f"; the end of its log: {log.strip()[-LAST_WORDS:]}" if log.strip() else ""
    return log, "" if MARK in log else f"the client's pod failed: {reason}{said}"


def _find_report(log: str) -> dict[str, Any]:
    found = [line for line in log.splitlines() if line.startswith(MARK)]
    report: dict[str, Any] = json.loads(found[-1].removeprefix(MARK)) if found else {}
    return report


async def _run_here(
    kubernetes: Kubernetes, prepared: RenderedCluster, order: Order, state: ClusterState, tell: Tell
) -> Smoke:
    if not state.scheduler:
        raise DaskgenError(f"{state.name} has no scheduler of its own to forward to; run the client by --via job")
    scheduler = next(pod_set for pod_set in find_pod_sets(prepared.objects) if not pod_set.group)
    labels = {INSTANCE: state.name, **scheduler.labels}
    pods = await kubernetes.find("v1", "Pod", state.namespace, labels)
    pod = next(pod for pod in pods if not explain(pod))
    via = f"port-forward to {pod['metadata']['name']}"
    tls = await _read_certificate(kubernetes, prepared.valid)
    async with kubernetes.forward(pod, ports.COMM.number) as port:
        protocol = prepared.valid.site.protocol
        local: Order = {**order, "address": f"{protocol}://127.0.0.1:{port}", "tls": tls}
        tell(f"{state.name}: {local['address']}, by {via}")
        try:
            report = await asyncio.wait_for(_run_in_thread(local), order["timeout"])
        except TimeoutError:
            return Smoke(state, via, {}, f"the client got no answer within {order['timeout']:g} seconds")
    return Smoke(state, via, report)


async def _read_certificate(kubernetes: Api, cluster: Cluster) -> dict[str, str]:
    """Return the client's certificate of the cluster, by the names of Dask's options; {} where there is no TLS.

    Raises `DaskgenError` if there is none.
    """
    if not cluster.encryption:
        return {}
    name, namespace = cluster.encryption.secrets["client"], cluster.namespace.name
    secret = await get_secret(kubernetes, namespace, name)
    if not secret:
        raise DaskgenError(f"there is no Secret {name} in namespace {namespace}: its client's certificate is needed")
    return {option: b64decode(secret["data"][entry]).decode() for option, entry in CLIENT_FILES.items()}


async def _run_in_thread(order: Order) -> dict[str, Any]:
    """Run the client in a daemon thread, which lets this process end: blocked work cannot be cancelled."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[dict[str, Any]] = loop.create_future()

    def finish(report: dict[str, Any]) -> None:
        if not done.done():
            done.set_result(report)

    def work() -> None:
        report = workload.run(order)
        with suppress(RuntimeError):  # the event loop is closed if the caller no longer waits
            loop.call_soon_threadsafe(finish, report)

    threading.Thread(target=work, daemon=True).start()
    return await done
