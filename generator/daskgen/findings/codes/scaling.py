"""List the findings about the number of workers."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

SCALING: Mapping[str, Code] = {
    "DG262": Code(
        "autoscaler of another engine",
        "`autoscaler` sets the replicas of Deployments. The dask-kubernetes operator has an autoscaler of its own, and "
        "its worker groups cannot be scaled by KEDA or a HorizontalPodAutoscaler: their scale has no selector of pods.",
    ),
    "DG263": Code(
        "hours without effect",
        "The hours of `schedule` are a cron trigger of KEDA, which has to be installed; `autoscaler: keda` says so.",
    ),
    "DG264": Code(
        "another group beside one that follows the work",
        "At /api/v1/adaptive_target the scheduler says how many workers the cluster needs in all, whatever group they "
        "are in. A group that is given this number needs a cluster of its own.",
    ),
    "DG265": Code(
        "preload without effect",
        "KEDA reads how many workers are needed on a port that a script of the scheduler opens, which the command "
        "loads by `--preload`. Dask then loads nothing that its configuration names in `scheduler.preload`.",
    ),
    "DG266": Code(
        "workers without a scheduler",
        "Workers end when they have not found their scheduler for 60 s, and Kubernetes starts them again. A cluster "
        "that is off has no scheduler and no workers.",
    ),
}
