"""Describe what runs for the page, as `daskgen status` tells it."""

from __future__ import annotations

from collections.abc import Sequence

from daskgen.live.delivery_report import describe_deliveries
from daskgen.live.engines import DeliveredGroup
from daskgen.live.state import ClusterState
from daskgen.live.status_report import describe_pods, find_troubles
from daskgen.overview.document import Values, compact


def describe_live(where: str, states: Sequence[ClusterState], delivered: Sequence[DeliveredGroup] = ()) -> Values:
    """Describe the state of each cluster; `where` is the Kubernetes cluster and the time, in words."""
    return {
        "where": where,
        "states": [_describe_state(state) for state in states],
        "delivery": describe_deliveries(delivered),
    }


def _describe_state(state: ClusterState) -> Values:
    scheduler, workers, _, restarts, drift = describe_pods(state)
    told = {"scheduler": scheduler, "workers": workers, "restarts": restarts, "drift": drift}
    certified = f"{state.certified:%Y-%m-%d %H:%M} UTC" if state.certified else ""
    more = {"job": state.job, "certified": certified, "troubles": find_troubles(state)}
    return compact({"name": state.name, "namespace": state.namespace, "well": state.well, **told, **more})
