"""Make the files of a new fleet from the answers of the person who starts it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from daskgen import __version__
from daskgen.delivery import DELIVERIES, ENTRIES
from daskgen.model import Model
from daskgen.outside.files import CLUSTERS, FLEET_FILE
from daskgen.parts.security import Platform
from daskgen.spec.base import Kind
from daskgen.spec.cluster import ENGINES
from daskgen.spec.fleet import Fleet
from daskgen.yaml.write import dump

FIRST = "dev"
"""Name of the first cluster."""

Texts = Mapping[str, str]
"""Texts of files, by path from the folder of the fleet."""

SHARED = {
    ".gitattributes": "gitattributes",
    ".gitignore": "gitignore",
    ".pre-commit-config.yaml": "pre-commit.yaml",
    "README.md": "README.md",
    "requirements.txt": "requirements.txt",
}
"""Files of every fleet, and the templates that they are made from."""

Forge = Literal["github", "gitlab", "none"]

FORGES: Mapping[Forge, Mapping[str, str]] = {
    "github": {".github/CODEOWNERS": "codeowners", ".github/workflows/clusters.yaml": "github.yaml"},
    "gitlab": {"CODEOWNERS": "codeowners", ".gitlab-ci.yml": "gitlab.yaml"},
    "none": {},
}
"""Files that depend on where the repository is kept."""

NONE = "none"

PLATFORMS: tuple[str, ...] = get_args(Platform)
DELIVERERS = (NONE, *DELIVERIES.variants)

STARTS: Mapping[Kind, str] = {"DaskCluster": "cluster.yaml", "DaskJob": "job.yaml"}
"""Templates of the file of a cluster, by its kind."""

APPLY = (
    "Apply a cluster with `daskgen render --stdout NAME | kubectl apply --server-side -f -`, or have an engine\n"
    "deliver all of them from Git: `delivery` in daskgen.yaml."
)

DELIVERED = "%{title} delivers what is merged. Once, by hand: `kubectl apply --server-side -k %{folder}`."


class Answers(Model):
    """What a fleet is started with."""

    platform: Annotated[str, Field(description="Kind of Kubernetes cluster.")] = PLATFORMS[0]
    engine: Annotated[str, Field(description="Engine that creates the pods.")] = next(iter(ENGINES.variants))
    delivery: Annotated[str, Field(description="Engine that delivers the fleet from Git; none if people apply it.")] = (
        NONE
    )
    repository: Annotated[str, Field(description="Address of the repository, from which that engine reads.")] = ""
    forge: Annotated[Forge, Field(description="Server whose CI reviews pull requests.")] = "github"
    owners: Annotated[str, Field(description="Who reviews every change, such as @example/platform.")] = ""


class _Filled(Template):
    """A template in which %{name} is replaced; $ and @ belong to the files."""

    delimiter = "%"


def fill(template: str, **values: str) -> str:
    """Read a template of data/fleet and fill it in."""
    return _Filled((files("daskgen") / "data/fleet" / template).read_text("utf-8")).substitute(values)


def make_kept_files(answers: Answers) -> Texts:
    """Make the files that later versions of daskgen change: CI, pre-commit, owners, README."""
    owners = f"* {answers.owners}" if answers.owners else ""
    values = {"version": __version__, "owners": owners, "apply": _describe(answers)}
    templates = {**SHARED, **FORGES[answers.forge]}
    return {path: f"{fill(template, **values).strip()}\n" for path, template in sorted(templates.items())}


def make_first_files(answers: Answers) -> Texts:
    """Make the files that belong to people as soon as they exist: daskgen.yaml and the first cluster."""
    head = "# yaml-language-server: $schema=schema/fleet.json\n# What all clusters of the fleet share.\n"
    return {FLEET_FILE: head + dump(make_settings(answers)), f"{CLUSTERS}/{FIRST}.yaml": start_cluster(FIRST)}


def make_settings(answers: Answers) -> dict[str, Any]:
    """Make the value of daskgen.yaml: what differs from daskgen's defaults, and the versions."""
    major, minor, *_ = __version__.split(".")
    engines = list(ENGINES.variants)
    chosen = {"platform": (answers.platform, PLATFORMS[0]), "engine": (answers.engine, engines[0])}
    defaults = {field: value for field, (value, default) in chosen.items() if value != default}
    settings: dict[str, Any] = {
        "apiVersion": "daskgen/v1",
        "requires": f">={major}.{minor},<{int(major) + 1}",
        "kubernetes": Fleet().kubernetes,
    }
    if answers.engine == "operator":
        settings["operator"] = {"install": True}
    if answers.delivery != NONE:
        settings["delivery"] = {"kind": answers.delivery, "repository": answers.repository}
    return {**settings, **({"defaults": defaults} if defaults else {})}


def start_cluster(name: str, kind: Kind = "DaskCluster") -> str:
    """Make the file of a new cluster, with comments that say what to edit."""
    return fill(STARTS[kind], name=name)


def _describe(answers: Answers) -> str:
    """Say how the clusters get from Git to Kubernetes."""
    if answers.delivery == NONE:
        return APPLY
    title = DELIVERIES.variants[answers.delivery].title()
    return _Filled(DELIVERED).substitute(title=title, folder=f"{ENTRIES}/{answers.delivery}")
