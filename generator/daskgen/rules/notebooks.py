"""Rules about the notebooks beside a cluster."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.findings.problem import suggest
from daskgen.notebook.jupyterhub import JupyterHub
from daskgen.parts.image import Image
from daskgen.paths import Path, format_path
from daskgen.rules import Rule, RuleContext
from daskgen.spec.cluster import Cluster

WITHOUT_JUPYTER = "/dask/dask"
"""End of the name of Dask's own image, which holds no JupyterLab: https://github.com/dask/dask-docker."""


OLDEST_WITH_DOTS = 32
"""Minor version of Kubernetes from which on variables may have names such as tls.crt:
RelaxedEnvironmentVariableValidation, beta in 1.32."""


def check_names(context: RuleContext) -> Iterator[Finding]:
    """Refuse two notebooks whose objects would have the same names."""
    seen: dict[str, int] = {}
    for index, notebook in enumerate(context.cluster.notebooks):
        first = seen.setdefault(notebook.object_name, index)
        if first != index:
            message = f"notebooks.{index}.name: its objects have the names of those of notebooks.{first}"
            yield Finding(("notebooks", index), "DG380", message, "give each notebook a name of its own")


def check_images(context: RuleContext) -> Iterator[Finding]:
    """Refuse an image that is known to hold no JupyterLab, and one of another Python or Dask than the workers'."""
    cluster = context.cluster
    for path, pod in cluster.find_pods():
        if path[0] == "notebooks":
            yield from _check_image(path, (*path, "image") if pod.image else path, pod.image or cluster.image, cluster)
    for path, image in cluster.find_notebook_images():
        yield from _check_image(path[:-1], path, image, cluster)
        if image.dask_version and cluster.image.dask_version not in (None, image.dask_version):
            versions = [".".join(map(str, found.dask_version or ())) for found in (image, cluster.image)]
            message = f"{format_path(path[:-1])} runs dask {versions[0]}, and the scheduler {versions[1]}"
            hint = f"take an image with dask {versions[1]} for the notebook, or change the image of the cluster"
            yield Finding(path, "DG245", message, hint)


def _check_image(path: Path, place: Path, image: Image, cluster: Cluster) -> Iterator[Finding]:
    if f"/{image.name}".endswith(WITHOUT_JUPYTER):
        message = f"{format_path(path)}: {image.name} holds no JupyterLab"
        hint = f"write image: {image.name}-notebook with the tag of the cluster's image, or one of your own"
        yield Finding(place, "DG381", message, hint)
    python = cluster.image.python_version
    if python and image.python_version not in ("", python):
        message = f"{format_path(path)} runs Python {image.python_version}, and the workers {python}"
        hint = f"take the image for Python {python}: functions do not unpickle in another"
        yield Finding(place, "DG382", message, hint)


def check_values(context: RuleContext) -> Iterator[Finding]:
    """Report values that the chart of JupyterHub does not have, and refuses."""
    for index, notebook in enumerate(context.cluster.notebooks):
        for place, names in notebook.find_unknown_values():
            path: Path = ("notebooks", index, "values", *place)
            hint = suggest(str(place[-1]), names, "see https://z2jh.jupyter.org/en/stable/resources/reference.html")
            message = f"{format_path(path)} is not a value of the chart"
            yield Finding(path, "DG383", message, hint, "warning", key=True)


def check_connections(context: RuleContext) -> Iterator[Finding]:
    """Report connections with TLS on a Kubernetes that gives no variables of the names of their entries."""
    minor = int(context.kubernetes.partition(".")[2])
    for index, notebook in enumerate(context.cluster.notebooks):
        if notebook.kind == "rhods" and context.cluster.tls and minor < OLDEST_WITH_DOTS:
            message = (
                f"notebooks.{index}: Kubernetes {context.kubernetes} gives workbenches no variables such as tls.crt"
            )
            hint = f"Kubernetes 1.{OLDEST_WITH_DOTS} does, which is OpenShift 4.19: write kubernetes in daskgen.yaml"
            yield Finding(("notebooks", index), "DG386", message, hint, "warning")


def check_application(context: RuleContext) -> Iterator[Finding]:
    """Refuse an Application that no engine of the fleet would get, or that would install a chart twice."""
    engines = [each for each in context.deliveries if each.installs_charts]
    for index, notebook in enumerate(context.cluster.notebooks):
        if not isinstance(notebook, JupyterHub) or not notebook.application:
            continue
        path: Path = ("notebooks", index, "application")
        if not engines or not context.cluster.delivery.enabled:
            message = f"{format_path(path)}: no engine that installs charts delivers this cluster"
            hint = "leave it out and install the chart by helm, or set delivery: `daskgen explain DG387`"
            yield Finding(path, "DG387", message, hint)
        elif any(engine.is_artifact for engine in engines):
            message = f"{format_path(path)}: the values come from a Git repository, and the fleet is an artifact"
            yield Finding(path, "DG387", message, "leave it out, and install the chart by helm")
        if notebook.helm_release:
            message = f"{format_path(path)}: helmRelease installs the same chart"
            yield Finding(path, "DG387", message, "keep one of them")


RULES: tuple[Rule, ...] = (check_names, check_images, check_values, check_connections, check_application)
