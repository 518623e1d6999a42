"""Write the Containerfile of an image with a cluster's packages, and list the next steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from shlex import quote
from typing import NamedTuple

from daskgen.parts.image import Image
from daskgen.parts.security import USER
from daskgen.spec.cluster import Cluster
from daskgen.words import lay_lines

HELD = (
    "python -c 'import dask, distributed; "
    'print(f"dask=={dask.__version__}\\ndistributed=={distributed.__version__}")\' > /tmp/held.txt'
)
"""Command that pins the versions which clients, scheduler and workers must share."""


WORKBENCHES = "quay.io/opendatahub/workbench-images:jupyter-datascience-ubi9-python-{python}"
"""Open Data Hub's image of workbenches, which has no distributed."""

EXTENSIONS = ("dask-labextension==7.0.0", "jupyter-server-proxy==4.6.0")

MODULE = """> "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/dask_connection.py\""""
SETTINGS = '>> "/opt/app-root/etc/jupyter/jupyter_server_config.py"'
"""Where files of ours go in the image of workbenches; the settings follow those that are there."""


class WorkbenchPlan(NamedTuple):
    """An image of workbenches to build."""

    cluster: str
    base: str
    pip: Sequence[str]
    target: str


class ImagePlan(NamedTuple):
    """An image to build: its base image, its packages, and its name."""

    cluster: str
    base: Image
    pip: Sequence[str]
    conda: Sequence[str]
    target: str


def plan_image(cluster: Cluster, target: str) -> ImagePlan | None:
    """Return the image that holds a cluster's packages, as `target`; None if the spec lists none."""
    packages = cluster.packages
    if not packages or not (packages.pip or packages.conda):
        return None
    base = packages.find_base(cluster.image)
    named = target or (cluster.image.reference if packages.base else f"{_suggest_name(base)}:{base.tag or 'dask'}-1")
    return ImagePlan(cluster.name, base, packages.pip, packages.conda, named)


def _suggest_name(base: Image) -> str:
    return f"registry.example.com/team/{base.name.rpartition('/')[2]}"


def write_containerfile(plan: ImagePlan) -> str:
    """Write the Containerfile: pinned versions, Dask as in the base image, and a user other than root."""
    return lay_lines(_write_lines(plan)) + "\n"


def _write_lines(plan: ImagePlan) -> Iterator[str]:
    yield f"# Made by `daskgen image {plan.cluster}` from `packages`; edit these and run it again."
    yield f"FROM {plan.base.reference}"
    yield "USER root"
    if plan.conda:
        pins = " ".join(map(quote, plan.conda))
        yield f"RUN conda install --yes --freeze-installed --channel conda-forge {pins} && conda clean --all --yes"
    if plan.pip:
        pins = " ".join(map(quote, plan.pip))
        yield f"RUN {HELD} \\"
        yield f" && python -m pip install --no-cache-dir --constraint /tmp/held.txt {pins} \\"
        yield " && rm /tmp/held.txt"
    yield f"USER {USER}"


def plan_workbench(cluster: Cluster, base: str, target: str) -> WorkbenchPlan | None:
    """Return the image of workbenches with the versions of a cluster; None if the tag of its image names none."""
    version = ".".join(map(str, cluster.image.dask_version or ()))
    python = cluster.image.python_version
    if not version or not (base or python):
        return None
    own = [image.reference for _, image in cluster.find_notebook_images()]
    named = target or next(iter(own), f"registry.example.com/workbenches/dask:{cluster.image.tag}")
    more = cluster.packages.pip if cluster.packages else ()
    pins = (f"dask=={version}", f"distributed=={version}", *EXTENSIONS, *more)
    return WorkbenchPlan(cluster.name, base or WORKBENCHES.format(python=python), pins, named)


def write_workbench(plan: WorkbenchPlan) -> str:
    """Write the Containerfile of workbenches: the versions of the cluster, and what makes connections work."""
    return lay_lines(_write_workbench(plan)) + "\n"


def _write_workbench(plan: WorkbenchPlan) -> Iterator[str]:
    yield f"# Made by `daskgen image {plan.cluster} --workbench`; run it again when the cluster's image changes."
    yield f"FROM {plan.base}"
    yield f"RUN python -m pip install --no-cache-dir {' '.join(map(quote, plan.pip))}"
    yield from _write_file("dask_connection.py", MODULE)
    yield from _write_file("jupyter_server_config.py", SETTINGS)


def _write_file(name: str, target: str) -> Iterator[str]:
    text = (files("daskgen") / "data" / "workbench" / f"{name}.txt").read_text("utf-8")
    yield "RUN printf '%s\\n' \\"
    yield from (f" {quote(line)} \\" for line in text.splitlines())
    yield f" {target}"


def list_workbench_steps(plan: WorkbenchPlan, file: str, spec: str) -> str:
    """List the commands that build and push the image of workbenches, and the edit of the spec at `spec`."""
    return _list_steps(plan.target, file, spec, ("notebooks:", "- kind: rhods", f"  image: {plan.target}"))


def list_steps(plan: ImagePlan, file: str, spec: str) -> str:
    """List the commands that build and push the image, and the edit of the spec at `spec`."""
    edit = (f"image: {plan.target}", "packages:", f"  from: {plan.base.reference}")
    return _list_steps(plan.target, file, spec, edit)


def _list_steps(target: str, file: str, spec: str, edit: Sequence[str]) -> str:
    build = f"docker build --file {quote(file)} --tag {quote(target)} ."
    commands = (build, f"docker push {quote(target)}")
    return lay_lines(["next:", *_indent(commands), f"then write into {spec}:", *_indent(edit)])


def _indent(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]
