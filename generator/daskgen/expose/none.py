"""Expose nothing: the cluster is reached from inside Kubernetes, or by `kubectl port-forward`."""

from __future__ import annotations

from typing import Literal, final

from daskgen.expose import DashboardExposure, SchedulerExposure
from daskgen.parts.endpoint import Endpoint, Site


@final
class Dashboard(DashboardExposure):
    """Keep the dashboard inside."""

    kind: Literal["none"] = "none"

    def endpoint(self, site: Site) -> Endpoint:
        """Add nothing."""
        return Endpoint()


@final
class Scheduler(SchedulerExposure):
    """Keep the scheduler inside."""

    kind: Literal["none"] = "none"

    def endpoint(self, site: Site) -> Endpoint:
        """Add nothing."""
        return Endpoint()
