"""Rules about the notebooks beside a cluster."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.paths import format_path
from daskgen.rules import Rule, RuleContext

WITHOUT_JUPYTER = "/dask/dask"
"""End of the name of Dask's own image, which holds no JupyterLab: https://github.com/dask/dask-docker."""


def check_names(context: RuleContext) -> Iterator[Finding]:
    """Refuse two notebooks whose objects would have the same names."""
    seen: dict[str, int] = {}
    for index, notebook in enumerate(context.cluster.notebooks):
        first = seen.setdefault(notebook.object_name, index)
        if first != index:
            message = f"notebooks.{index}.name: its objects have the names of those of notebooks.{first}"
            yield Finding(("notebooks", index), "DG380", message, "give each notebook a name of its own")


def check_images(context: RuleContext) -> Iterator[Finding]:
    """Refuse an image that is known to hold no JupyterLab, and one of another Python than the workers'."""
    cluster = context.cluster
    for path, pod in cluster.find_pods():
        if path[0] != "notebooks":
            continue
        image = pod.image or cluster.image
        place = (*path, "image") if pod.image else path
        if f"/{image.name}".endswith(WITHOUT_JUPYTER):
            message = f"{format_path(path)}: {image.name} holds no JupyterLab"
            hint = f"write image: {image.name}-notebook with the tag of the cluster's image, or one of your own"
            yield Finding(place, "DG381", message, hint)
        python, wanted = image.python_version, cluster.image.python_version
        if python and wanted and python != wanted:
            message = f"{format_path(path)} runs Python {python}, and the workers {wanted}"
            yield Finding(
                place, "DG382", message, f"take the image for Python {wanted}: functions do not unpickle in another"
            )


RULES: tuple[Rule, ...] = (check_names, check_images)
