"""Put the pods of a group into a queue of Kueue, which lets them start when its quota has room.

Kueue reads the labels of a Deployment or of a pod: https://kueue.sigs.k8s.io/docs/reference/labels-and-annotations/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from daskgen.kubernetes.labels import QUEUE, QUEUE_PRIORITY
from daskgen.model import FromText, Model, Name


class Queue(Model):
    """A queue of Kueue."""

    name: Annotated[Name, Field(examples=["team-a"], description="Name of a LocalQueue in the namespace.")]
    priority_class: Annotated[
        Name | None, Field(description="Name of a WorkloadPriorityClass; without it, the pods' priority counts.")
    ] = None

    @property
    def labels(self) -> dict[str, str]:
        """Return the labels by which Kueue knows the queue and the priority of a pod."""
        priority = {QUEUE_PRIORITY: self.priority_class} if self.priority_class else {}
        return {QUEUE: self.name, **priority}


QueueField = Annotated[Queue, FromText(lambda name: {"name": name})]


def read_queue(labels: Mapping[str, Any]) -> Any:
    """Return the field that gives these labels of a pod; None if they name no queue."""
    queue, priority = labels.get(QUEUE), labels.get(QUEUE_PRIORITY)
    return {"name": queue, "priorityClass": priority} if queue and priority else queue
