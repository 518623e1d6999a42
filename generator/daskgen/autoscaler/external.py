"""Leave the number of workers to an autoscaler that the spec knows nothing of, such as a HorizontalPodAutoscaler."""

from __future__ import annotations

from typing import Literal, final

from daskgen.autoscaler import Autoscaler
from daskgen.parts.workers import WorkerGroup


@final
class External(Autoscaler):
    """An autoscaler that other people install. Deployments of groups with a range are rendered without replicas."""

    kind: Literal["external"] = "external"

    def scales(self, group: WorkerGroup) -> bool:
        """Leave the number of groups with a range."""
        return group.replicas.vary
