"""Define the labels of a cluster's pods, and the selectors made of them.

The standard ones are those of https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/.
None begins with `dask.org/`: a Service that carries `dask.org/component: scheduler` wakes the dask-kubernetes operator
(dask/dask-kubernetes#810).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daskgen.kubernetes.types import LabelSelector

NAME = "app.kubernetes.io/name"
INSTANCE = "app.kubernetes.io/instance"
COMPONENT = "app.kubernetes.io/component"
MANAGED_BY = "app.kubernetes.io/managed-by"
GROUP = "daskgen/worker-group"
NOTEBOOK = "daskgen/notebook"
CLIENT = "daskgen/client"
QUEUE = "kueue.x-k8s.io/queue-name"
QUEUE_PRIORITY = "kueue.x-k8s.io/priority-class"
KEPT = "daskgen/kept"
"""Label of objects that are kept when a cluster is deleted. `kubectl delete -k -l '!daskgen/kept'` leaves them out, and
delivery engines do not prune them (`daskgen.delivery.keep`)."""

OURS = (NAME, INSTANCE, COMPONENT, MANAGED_BY, GROUP, NOTEBOOK)
"""Labels that selectors use; the spec may not set them."""

CLUSTER = {NAME: "dask"}
SCHEDULER = {**CLUSTER, COMPONENT: "scheduler"}
WORKER = {**CLUSTER, COMPONENT: "worker"}
JOB = {**CLUSTER, COMPONENT: "job"}
LOGIN = {**CLUSTER, COMPONENT: "login"}
"""Of the proxy that asks people who they are before it forwards requests to the dashboard."""


def worker_group(name: str) -> dict[str, str]:
    """Return the labels that select the pods of one worker group."""
    return {**WORKER, GROUP: name}


def notebook(component: str, name: str) -> dict[str, str]:
    """Return the labels that select the pods of one notebook."""
    return {**CLUSTER, COMPONENT: component, NOTEBOOK: name}


def selecting(labels: Mapping[str, str]) -> LabelSelector:
    """Select pods of this cluster. The overlay adds the instance to all `matchLabels`."""
    return {"matchLabels": dict(labels)}


def selecting_others(labels: Mapping[str, str]) -> LabelSelector:
    """Select pods that are not this cluster's.

    Uses `matchExpressions`, which kustomize does not change; it would add this cluster's instance to `matchLabels`.
    """
    return {"matchExpressions": [{"key": key, "operator": "In", "values": [value]} for key, value in labels.items()]}
