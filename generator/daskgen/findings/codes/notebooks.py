"""List the findings about notebooks."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

NOTEBOOKS: Mapping[str, Code] = {
    "DG380": Code(
        "notebooks of one name",
        "The objects of a notebook are named by its kind and its `name`. Several of a kind in a cluster need a name.",
    ),
    "DG381": Code(
        "image without Jupyter",
        "Dask's image for schedulers and workers holds no JupyterLab; its image for notebooks has the same name with "
        "-notebook, and the same tags.",
    ),
    "DG383": Code(
        "value of another chart",
        "The chart of JupyterHub refuses values that it does not have. The fields of a notebook of kind jupyterhub "
        "give most values; `values` is for the others, as the chart's reference names them.",
    ),
    "DG384": Code(
        "not for clusters of users",
        "With `kind: JupyterHub`, each user of the hub creates a cluster by `KubeCluster()`, which asks the operator "
        "for a scheduler and one group of workers, and connects without TLS. The rights with which it does that "
        "include those to list pods, whose variables hold tokens, so the hub is in another namespace.",
    ),
    "DG385": Code(
        "nothing limits all users",
        "`replicas.max` limits the workers of one user. The quota of the namespace limits those of all users together.",
    ),
    "DG386": Code(
        "connection without a certificate",
        "All entries of a connection of OpenShift AI become environment variables of a workbench. With `tls`, the "
        "certificate is in entries such as tls.crt, which Kubernetes before 1.32 (OpenShift 4.19) leaves out.",
    ),
    "DG387": Code(
        "chart that nobody installs",
        "`application` has the fleet's Argo CD install the hub's chart with the rendered values. That needs "
        "`delivery: argocd` with a Git repository, and one engine that installs: `helmRelease` is for Flux.",
    ),
    "DG382": Code(
        "another Python",
        "Functions that a notebook sends are pickled as bytecode, which another minor version of Python does not run. "
        "The tags of Dask's images end with the version: 2026.8.0-py3.12.",
    ),
}
