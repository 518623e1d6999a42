"""Draw a Grafana dashboard of a cluster, in a ConfigMap that Grafana's sidecar finds by its label.

https://github.com/grafana/helm-charts/tree/main/charts/grafana#sidecar-for-dashboards
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from daskgen.kubernetes.objects import metadata
from daskgen.parts.alerts import Watched

FILE = "grafana.yaml"

LABEL = {"grafana_dashboard": "1"}

WIDTH, HEIGHT = 12, 8
"""Size of a panel; Grafana's page is 24 wide."""

SOURCE = {"type": "prometheus", "uid": "${source}"}


class Panel(NamedTuple):
    """A graph: its queries in PromQL, by legend."""

    title: str
    unit: str
    queries: dict[str, str]
    stacked: bool = False


def build_dashboard(watched: Watched) -> dict[str, Any]:
    """Build the ConfigMap with the dashboard."""
    identity = hashlib.sha256(f"{watched.namespace}/{watched.cluster}".encode()).hexdigest()[:20]
    source = {"name": "source", "label": "Data source", "type": "datasource", "query": "prometheus"}
    dashboard = {
        "uid": f"dask-{identity}",
        "title": f"Dask {watched.namespace}/{watched.cluster}",
        "tags": ["dask"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": [source]},
        "panels": [_place(index, panel) for index, panel in enumerate(_list_panels(watched.labels))],
    }
    text = json.dumps(dashboard, indent=1) + "\n"
    # The file's name is the dashboard's in Grafana's folder, where those of other clusters are, too.
    name = f"dask-{watched.namespace}-{watched.cluster}.json"
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata("grafana-dashboard", LABEL),
        "data": {name: text},
    }


def _list_panels(labels: str) -> Iterator[Panel]:
    yield Panel("Workers", "short", {"{{state}}": f"dask_scheduler_workers{{{labels}}}"}, stacked=True)
    yield Panel(
        "Tasks",
        "short",
        {"{{state}}": f'dask_scheduler_tasks{{{labels},state=~"processing|queued|no-worker|waiting|erred"}}'},
        stacked=True,
    )
    memory = f"sum by (type) (dask_worker_memory_bytes{{{labels}}})"
    yield Panel("Memory of all workers", "bytes", {"{{type}}": memory}, stacked=True)
    own = f'sum by (pod) (dask_worker_memory_bytes{{{labels},type!="spilled"}})'
    yield Panel("Memory of each worker", "bytes", {"{{pod}}": own})
    wanted = {
        "workers": f"dask_scheduler_desired_workers{{{labels}}}",
        "threads there are": f"sum(dask_worker_threads{{{labels}}})",
    }
    yield Panel("Workers that the work could use", "short", wanted)
    spilled = {"{{pod}}": f'dask_worker_memory_bytes{{{labels},type="spilled"}}'}
    yield Panel("Results on disk", "bytes", spilled)
    computed = f"sum by (task_prefix_name) (rate(dask_scheduler_tasks_compute_seconds_total{{{labels}}}[5m]))"
    yield Panel("Threads that compute, by kind of task", "short", {"{{task_prefix_name}}": computed}, stacked=True)
    sent = f"sum by (pod) (rate(dask_worker_transfer_outgoing_bytes_total{{{labels}}}[5m]))"
    yield Panel("Data sent to other workers", "Bps", {"{{pod}}": sent})
    ticks = {
        "scheduler": f"dask_scheduler_tick_duration_maximum_seconds{{{labels}}}",
        "{{pod}}": f"dask_worker_tick_duration_maximum_seconds{{{labels}}}",
    }
    yield Panel("Longest time an event loop was blocked", "s", ticks)
    yield Panel("Clients", "short", {"clients": f"dask_scheduler_clients{{{labels}}}"})


def _place(index: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(index, 24 // WIDTH)
    custom = {"fillOpacity": 20, "stacking": {"mode": "normal"}} if panel.stacked else {"fillOpacity": 0}
    return {
        "id": index + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0, "custom": custom}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + number), "datasource": SOURCE, "expr": query, "legendFormat": legend}
            for number, (legend, query) in enumerate(panel.queries.items())
        ],
    }
