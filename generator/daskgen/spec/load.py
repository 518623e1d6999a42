"""Reads a fleet from disk: `daskgen.yaml`, and every cluster under `clusters/`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from pydantic import ValidationError

from daskgen import __version__
from daskgen.findings.problem import Position, Problem, ProblemsError, has_errors, suggest
from daskgen.paths import Path, get
from daskgen.spec.cluster import Cluster
from daskgen.spec.explain import describe, find_written
from daskgen.spec.fleet import Fleet, fits
from daskgen.spec.written import Layer, Written
from daskgen.yaml.read import Source, parse

FLEET_FILE, CLUSTERS = "daskgen.yaml", "clusters"

ALONE = {"name", "renamedFrom", "profile", "apiVersion"}
"""Fields that clusters cannot share."""


class LoadedFleet(NamedTuple):
    """The fleet's settings and where they are written."""

    fleet: Fleet
    source: Source

    def at(self, path: Path) -> Position:
        """Where a field is written; the one element of a list may stand for the list."""
        return self.source.at(find_written(self.source.value, path))


class LoadedCluster(NamedTuple):
    """A cluster's file, read: the cluster, unless something is wrong with it."""

    written: Written
    cluster: Cluster | None
    problems: tuple[Problem, ...]


def load_fleet(root: FilePath) -> LoadedFleet:
    """Read `daskgen.yaml`. Raises `ProblemsError` with all that is wrong with it."""
    source = read(root, FLEET_FILE)
    if problem := _check_version(source):
        raise ProblemsError([problem])
    problems = list(source.problems)
    if source.value is None and not problems:
        source = Source(FLEET_FILE, {})
    fleet = Fleet()
    try:
        fleet = Fleet.model_validate(source.value)
    except ValidationError as error:
        problems += describe(Fleet, source.value, error, source.at) if not has_errors(source.problems) else []
    if not problems:
        problems = _check_profiles(fleet, source)
    if has_errors(problems):
        raise ProblemsError(problems)
    return LoadedFleet(fleet, source)


def find_clusters(root: FilePath) -> tuple[list[str], list[Problem]]:
    """Files of clusters, sorted, and what lies beside them that looks like one and is not read."""
    files: list[str] = []
    problems = []
    for path in sorted((root / CLUSTERS).rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".yaml" and path.is_file() and not path.name.startswith("."):
            files.append(name)
        elif path.suffix in {".yml", ".YAML", ".YML", ".json"} and path.is_file():
            problems.append(Problem(Position(name), "DG011", "is not read", "name it with the ending .yaml"))
    if not files:
        hint = "write clusters/NAME.yaml with namespace, image and workers"
        problems.append(Problem(Position(CLUSTERS), "DG012", "there is no cluster to render", hint))
    return files, problems


def load_cluster(fleet: LoadedFleet, root: FilePath, file: str) -> LoadedCluster:
    """Read one cluster's file and lay it over its profile and the fleet's defaults."""
    return load_source(fleet, read(root, file))


def load_source(fleet: LoadedFleet, source: Source) -> LoadedCluster:
    """Lay a cluster's file that was read over its profile and the fleet's defaults."""
    if not isinstance(source.value, dict):
        found = "is empty" if source.value is None else "is not a map of fields"
        problem = Problem(source.at(()), "DG102", found, "a cluster has namespace, image and workers")
        return LoadedCluster(Written((Layer(source),)), None, source.problems or (problem,))
    written, problems = _lay_over(fleet, source)
    problems += source.problems
    value = written.value()
    value.setdefault("name", FilePath(source.file).stem)
    cluster = None
    try:
        cluster = Cluster.model_validate(value)
    except ValidationError as error:
        problems += describe(Cluster, value, error, written.at)
    return LoadedCluster(written, None if has_errors(problems) else cluster, tuple(problems))


def read(root: FilePath, file: str) -> Source:
    """Read a file of the fleet; that it cannot be read is a problem of its own."""
    try:
        return parse((root / file).read_bytes(), file)
    except OSError as error:
        hint = "run daskgen in the folder that holds daskgen.yaml and clusters/" if file == FLEET_FILE else ""
        problem = Problem(Position(file), "DG010", f"cannot be read: {error.strerror}", hint)
        return Source(file, None, (problem,))


def _lay_over(fleet: LoadedFleet, source: Source) -> tuple[Written, list[Problem]]:
    layers, problems = [Layer(source)], []
    if "profile" in source.value:
        name = source.value["profile"]
        if isinstance(name, str) and name in fleet.fleet.profiles:
            layers.append(Layer(fleet.source, ("profiles", name)))
        else:
            problems.append(_report_profile(source, name, fleet.fleet.profiles))
    if fleet.fleet.defaults:
        layers.append(Layer(fleet.source, ("defaults",)))
    return Written(tuple(layers)), problems


def _report_profile(source: Source, name: Any, known: Iterable[str]) -> Problem:
    hint = suggest(str(name), known, f"daskgen.yaml has: {', '.join(known) or 'no profiles'}")
    return Problem(source.at(("profile",)), "DG105", f"there is no profile {name}", hint)


def _check_version(source: Source) -> Problem | None:
    """Refuse a fleet that is for another daskgen, before anything in it that only the other one knows."""
    requires = get(source.value, ("requires",))
    if not isinstance(requires, str) or fits(requires, __version__) is not False:
        return None
    message = f"the fleet requires daskgen {requires}; this is {__version__}"
    hint = f"install one that fits: pip install 'daskgen{requires}'"
    return Problem(source.at(("requires",)), "DG106", message, hint)


def _check_profiles(fleet: Fleet, source: Source) -> list[Problem]:
    """Find what is wrong with defaults and profiles, also with those that no cluster uses."""
    roots: list[Path] = [("defaults",), *(("profiles", name) for name in fleet.profiles)]
    return [problem for root in roots for problem in _check_layer(Layer(source, root)) if source.value]


def _check_layer(layer: Layer) -> list[Problem]:
    if layer.root[0] not in layer.source.value:
        return []
    value = layer.value()
    written = Written((layer,))
    alone = sorted(ALONE.intersection(value))
    problems = [
        Problem(written.at((key,), key=True), "DG101", f"{key} belongs to one cluster alone", "write it there")
        for key in alone
    ]
    try:
        Cluster.model_validate({**value, "name": "cluster"})
    except ValidationError as error:
        problems += [it for it in describe(Cluster, value, error, written.at) if it.code != "DG103"]
    return problems
