"""Define `expose` of a Dask cluster: its exposures to the outside."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from daskgen import expose
from daskgen.expose import DashboardExposure, Exposure, SchedulerExposure, none
from daskgen.model import Model
from daskgen.model.variants import OneOf

DASHBOARDS = OneOf(expose, DashboardExposure)
SCHEDULERS = OneOf(expose, SchedulerExposure)


class Expose(Model):
    """The exposures of a cluster to the outside."""

    dashboard: Annotated[
        Exposure, DASHBOARDS, Field(default_factory=none.Dashboard, description="Exposure of the dashboard to people.")
    ]
    scheduler: Annotated[
        Exposure,
        SCHEDULERS,
        Field(default_factory=none.Scheduler, description="Exposure of the scheduler to clients outside Kubernetes."),
    ]

    @property
    def both(self) -> tuple[Exposure, Exposure]:
        """The exposures of the dashboard and of the scheduler."""
        return self.dashboard, self.scheduler
