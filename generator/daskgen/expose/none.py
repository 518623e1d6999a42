"""Not at all: reached from inside Kubernetes only, or by `kubectl port-forward`."""

from __future__ import annotations

from typing import Literal, final

from daskgen.expose import DashboardExposure, Edge, Place, SchedulerExposure


@final
class Dashboard(DashboardExposure):
    """Keep the dashboard inside."""

    kind: Literal["none"] = "none"

    def edge(self, place: Place) -> Edge:
        """Add nothing."""
        return Edge()


@final
class Scheduler(SchedulerExposure):
    """Keep the scheduler inside."""

    kind: Literal["none"] = "none"

    def edge(self, place: Place) -> Edge:
        """Add nothing."""
        return Edge()
