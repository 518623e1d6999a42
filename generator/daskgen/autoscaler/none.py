"""Change no number: groups keep the one that the spec gives."""

from __future__ import annotations

from typing import Literal, final

from daskgen.autoscaler import Autoscaler
from daskgen.parts.workers import WorkerGroup


@final
class NoAutoscaler(Autoscaler):
    """Keep the number of workers; with engine operator, its own autoscaler follows the work."""

    kind: Literal["none"] = "none"

    def scales(self, group: WorkerGroup) -> bool:
        """Scale no group."""
        return False
