"""Explain why a pod is not ready, restarted or ended, and say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from daskgen.kubernetes.objects import Object

NOT_FOUND = 127
"""The exit code of a shell that does not find the program."""


class Restart(NamedTuple):
    """A container that ended and was restarted."""

    pod: str
    times: int
    reason: str
    code: int
    at: datetime | None


class WorkerRestart(NamedTuple):
    """A worker that its nanny restarted while its container kept running."""

    pod: str
    times: int
    reason: str
    """The message of the nanny; "" if it is not known."""
    at: datetime


class Replaced(NamedTuple):
    """A pod that has terminated, such as an evicted one. Its ReplicaSet creates a replacement."""

    pod: str
    reason: str
    at: datetime | None


def explain(pod: Object) -> str:
    """Explain why the pod is not ready; "" if it is ready, or is being deleted."""
    if pod["metadata"].get("deletionTimestamp") or is_ready(pod):
        return ""
    return find_fault(pod) or _explain_phase(pod.get("status", {}))


def find_fault(pod: Object) -> str:
    """Explain why the pod is not ready, if that does not pass by itself; "" if it is ready or starting."""
    status = pod.get("status", {})
    if pod["metadata"].get("deletionTimestamp") or is_ready(pod):
        return ""
    return _explain_scheduling(pod) or _explain_end_of_pod(status) or _explain_containers(pod)


def is_ready(pod: Object) -> bool:
    """Return whether Kubernetes reports the pod as ready."""
    conditions = {each["type"]: each["status"] for each in pod.get("status", {}).get("conditions", [])}
    return conditions.get("Ready") == "True"


def find_restart(pod: Object) -> Restart | None:
    """Find the pod's last restart."""
    for container in pod.get("status", {}).get("containerStatuses", []):
        if times := container.get("restartCount", 0):
            ended = container.get("lastState", {}).get("terminated", {})
            at = datetime.fromisoformat(ended["finishedAt"]) if ended.get("finishedAt") else None
            reason, code = ended.get("reason", "unknown"), ended.get("exitCode", 0)
            return Restart(pod["metadata"]["name"], times, reason, code, at)
    return None


def find_start(pod: Object) -> datetime | None:
    """Return the time at which the first container of a pod started again; None if it did not restart."""
    for container in pod.get("status", {}).get("containerStatuses", [])[:1]:
        start = container.get("state", {}).get("running", {}).get("startedAt")
        if container.get("restartCount") and start:
            return datetime.fromisoformat(start)
    return None


def find_end(pod: Object) -> Replaced | None:
    """Return why and when a pod of a ReplicaSet terminated, of which Kubernetes keeps a record.

    None if it runs, or if somebody deletes it, as a scale-down does.
    https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#self-healing-behavior
    """
    status = pod.get("status", {})
    if status.get("phase") != "Failed" or pod["metadata"].get("deletionTimestamp"):
        return None
    ends = [container.get("state", {}).get("terminated") or {} for container in status.get("containerStatuses", [])]
    times = [datetime.fromisoformat(end["finishedAt"]) for end in ends if end.get("finishedAt")]
    reason = _explain_end_of_pod(status) or _explain_containers(pod) or status.get("reason", "Failed")
    return Replaced(pod["metadata"]["name"], reason, max(times, default=None))


def is_hopeless(pod: Object) -> bool:
    """Return whether waiting does not help: its image cannot be pulled, or its program cannot be started."""
    containers = pod.get("status", {}).get("containerStatuses", [])
    reasons = [container.get("state", {}).get("waiting", {}).get("reason") for container in containers]
    return any(reason in HOPELESS for reason in reasons) or pod.get("status", {}).get("phase") == "Failed"


def ends_by_itself(pod: Object) -> bool:
    """Return whether its program starts and ends with an error of its own, as a worker does without a scheduler."""
    containers = pod.get("status", {}).get("containerStatuses", [])
    ends = [container.get(state, {}).get("terminated") for container in containers for state in ("state", "lastState")]
    return any(end.get("exitCode") and not _lacks_program(end) and end.get("reason") == "Error" for end in ends if end)


HOPELESS = (
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "RunContainerError",
)
"""Reasons of waiting containers, from Kubernetes' pkg/kubelet/images/types.go and container/sync_result.go."""


def _explain_scheduling(pod: Object) -> str:
    for condition in pod.get("status", {}).get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            message = condition.get("message", "")
            lacking = sorted(set(re.findall(r"Insufficient ([\w./-]+?)(?=[,.]*(?:\s|$))", message)))
            asked = ", ".join(_describe_request(pod, name) for name in lacking)
            told = re.split(r"\.? (?:no new claims|preemption:)", message)[0] or condition.get("reason", "")
            return f"pending: not enough {asked}: {told}" if lacking else f"pending: {told}"
    return ""


def _describe_request(pod: Object, name: str) -> str:
    containers = pod["spec"]["containers"]
    requests = [container.get("resources", {}).get("requests", {}).get(name) for container in containers]
    amounts = " + ".join(str(request) for request in requests if request is not None)
    return f"{name} (requested: {amounts})" if amounts else name


def _explain_containers(pod: Object) -> str:
    return next(filter(None, (_explain_container(status, image) for status, image in _containers(pod))), "")


def _containers(pod: Object) -> Iterator[tuple[Object, str]]:
    """Return the status of each container, with the image name of the pod's spec, as nodes may use another."""
    containers = [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]
    images = {container["name"]: container["image"] for container in containers}
    for key in ("initContainerStatuses", "containerStatuses"):
        for status in pod.get("status", {}).get(key, []):
            yield status, images.get(status["name"], "")


def _explain_container(container: Object, image: str) -> str:
    state, last = container.get("state", {}), container.get("lastState", {})
    waiting = state.get("waiting", {})
    ended = state.get("terminated") or last.get("terminated") or {}
    reason, message = waiting.get("reason", ""), _shorten(waiting.get("message", ""))
    if "Image" in reason:
        cause = ": ".join(waiting.get("message", "").split(": ")[-2:])
        return f"image {image} cannot be pulled: {reason}, {_shorten(cause)}"
    if ended.get("exitCode"):
        return _explain_end(ended, image)
    if reason and reason != "ContainerCreating":
        return f"{reason}: {message}" if message else reason
    return "the container is being created" if reason else ""


def _explain_end(ended: Object, image: str) -> str:
    code, reason, message = ended["exitCode"], ended.get("reason", "Error"), _shorten(ended.get("message", ""))
    if _lacks_program(ended):
        return f"image {image} does not contain the program to run, such as dask (code {code})"
    if reason == "OOMKilled":
        return "killed for exceeding its memory limit (OOMKilled)"
    return f"exited with code {code}, {reason}" + (f": {message}" if message else "; see `kubectl logs`")


def _lacks_program(ended: Object) -> bool:
    """Return whether a container ended because its image lacks the program."""
    return ended["exitCode"] == NOT_FOUND or "executable file not found" in ended.get("message", "")


def _explain_end_of_pod(status: Object) -> str:
    """Explain why a pod ended as a whole: evicted, or past its deadline. Its containers only report a signal."""
    message = status.get("message", "")
    return f"{status.get('reason', status.get('phase'))}: {_shorten(message)}" if message else ""


def _explain_phase(status: Object) -> str:
    return "is running, but not ready" if status.get("phase") == "Running" else "is starting"


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


LONGEST = 240
"""Longest message of Kubernetes that is shown, in characters."""
