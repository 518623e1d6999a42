"""List the findings about metrics."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

MONITORING: Mapping[str, Code] = {
    "DG271": Code(
        "Prometheus not admitted",
        "The NetworkPolicies of a cluster admit the Prometheus of one namespace to /metrics: that of "
        "`monitoring.namespace`. On OpenShift it is by default that of user-workload monitoring. Without a "
        "ServiceMonitor, for a Prometheus that is configured otherwise, `network.monitoring` says the same.",
    ),
    "DG272": Code(
        "no metrics",
        "Alerts and dashboard read metrics by the names of Dask's defaults. Dask exports them only where the package "
        "prometheus_client is installed; otherwise /metrics answers with a comment, and Prometheus reports no error. "
        "The official images do not have it.",
    ),
}
