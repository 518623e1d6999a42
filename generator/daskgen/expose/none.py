"""Not at all: reached from inside Kubernetes only, or by `kubectl port-forward`."""

from __future__ import annotations

from typing import Literal

from daskgen.expose import Edge, Exposure, Place


class Dashboard(Exposure):
    """Keep the dashboard inside."""

    kind: Literal["none"] = "none"

    def edge(self, place: Place) -> Edge:
        """Add nothing."""
        return Edge()


class Scheduler(Dashboard):
    """Keep the scheduler inside."""
