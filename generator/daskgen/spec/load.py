"""Load a fleet from its files: validate daskgen.yaml, and each cluster together with what it shares with others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from pydantic import ValidationError

from daskgen import __version__
from daskgen.findings.problem import Position, Problem, ProblemsError, has_errors, suggest
from daskgen.outside.files import CLUSTERS, FLEET_FILE, Files
from daskgen.parts.native import KUBERNETES
from daskgen.paths import Path, get
from daskgen.spec.cluster import Cluster
from daskgen.spec.explain import describe, find_written
from daskgen.spec.fleet import Fleet, fits
from daskgen.spec.hardware import copy_profiles
from daskgen.spec.written import Layer, Written
from daskgen.yaml.read import Source, parse

ALONE = {"name", "renamedFrom", "profile", "apiVersion"}
"""Fields that clusters cannot share."""


class Settings(NamedTuple):
    """The settings of a fleet, and where they are written."""

    fleet: Fleet
    source: Source
    """The source of daskgen.yaml."""

    def at(self, path: Path) -> Position:
        """Find the position of a field; the only element of a list may be written instead of the list."""
        return self.source.at(find_written(self.source.value, path))


class LoadedFleet(NamedTuple):
    """A fleet: its settings, and the files of its clusters, which are not yet validated."""

    settings: Settings
    files: Files

    @property
    def fleet(self) -> Fleet:
        """Return the settings."""
        return self.settings.fleet

    @property
    def clusters(self) -> tuple[str, ...]:
        """Return the files of clusters, sorted."""
        return self.files.clusters

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return the problems: files under clusters/ that cannot be read, or a fleet without clusters."""
        hint = "write clusters/NAME.yaml with namespace, image and workers"
        none = Problem(Position(CLUSTERS), "DG012", "the fleet has no clusters", hint)
        return (*self.files.problems, *(() if self.clusters else (none,)))

    def read(self, file: str) -> Source:
        """Parse the file of a cluster."""
        return parse(self.files[file], file)

    def at(self, file: str, path: Path) -> Position:
        """Find the position of a field of daskgen.yaml, or of the cluster in `file`."""
        if file == FLEET_FILE:
            return self.settings.at(path)
        return load_cluster(self.settings, self.read(file)).written.at(path)


class LoadedCluster(NamedTuple):
    """The file of a cluster, validated: the cluster, or its problems."""

    written: Written
    cluster: Cluster | None
    problems: tuple[Problem, ...]


def load_fleet(files: Files) -> LoadedFleet:
    """Validate daskgen.yaml. Raises `ProblemsError` with all of its problems."""
    return LoadedFleet(_load_settings(_read_settings(files)), files)


def _read_settings(files: Files) -> Source:
    if FLEET_FILE not in files:
        missing = Problem(Position(FLEET_FILE), "DG010", "is missing", "it holds the settings of the fleet")
        raise ProblemsError(files.refusals(FLEET_FILE) or [missing])
    source = parse(files[FLEET_FILE], FLEET_FILE)
    return Source(FLEET_FILE, {}) if source.value is None and not source.problems else source


def _load_settings(source: Source) -> Settings:
    if problem := _check_version(source):
        raise ProblemsError([problem])
    problems = list(source.problems)
    fleet = Fleet()
    try:
        fleet = Fleet.model_validate(source.value)
    except ValidationError as error:
        problems += describe(Fleet, source.value, error, source.at) if not has_errors(source.problems) else []
    if not problems:
        problems = _check_profiles(fleet, source)
    if has_errors(problems):
        raise ProblemsError(problems)
    return Settings(fleet, source)


def load_cluster(settings: Settings, source: Source) -> LoadedCluster:
    """Merge the file of a cluster with its profile and the defaults of the fleet, and validate the result."""
    if not isinstance(source.value, dict):
        found = "is empty" if source.value is None else "is not a map of fields"
        problem = Problem(source.at(()), "DG102", found, "a cluster has namespace, image and workers")
        return LoadedCluster(Written((Layer(source),)), None, source.problems or (problem,))
    written, problems = _lay_over(settings, source)
    problems += source.problems
    value = written.value()
    value.setdefault("name", FilePath(source.file).stem)
    profiles = {profile.metadata.name: profile for profile in settings.fleet.hardware_profiles}
    problems += copy_profiles(value, profiles, written)
    cluster = None
    try:
        cluster = Cluster.model_validate(value, context={KUBERNETES: settings.fleet.kubernetes})
    except ValidationError as error:
        problems += describe(Cluster, value, error, written.at)
    return LoadedCluster(written, None if has_errors(problems) else cluster, tuple(problems))


def _lay_over(settings: Settings, source: Source) -> tuple[Written, list[Problem]]:
    layers, problems = [Layer(source)], []
    if "profile" in source.value:
        name = source.value["profile"]
        if isinstance(name, str) and name in settings.fleet.profiles:
            layers.append(Layer(settings.source, ("profiles", name)))
        else:
            problems.append(_report_profile(source, name, settings.fleet.profiles))
    if settings.fleet.defaults:
        layers.append(Layer(settings.source, ("defaults",)))
    return Written(tuple(layers)), problems


def _report_profile(source: Source, name: Any, known: Iterable[str]) -> Problem:
    names = list(known)
    otherwise = (
        f"daskgen.yaml has {', '.join(names)}" if names else f"define it in daskgen.yaml: profiles: {{{name}: {{…}}}}"
    )
    hint = suggest(str(name), names, otherwise)
    return Problem(source.at(("profile",)), "DG105", f"daskgen.yaml has no profile {name}", hint)


def _check_version(source: Source) -> Problem | None:
    """Refuse a fleet for another version of daskgen, before its fields are validated."""
    requires = get(source.value, ("requires",))
    if not isinstance(requires, str) or fits(requires, __version__) is not False:
        return None
    message = f"the fleet requires daskgen {requires}; this is {__version__}"
    hint = f"install one that fits: pip install 'daskgen{requires}'"
    return Problem(source.at(("requires",)), "DG106", message, hint)


def _check_profiles(fleet: Fleet, source: Source) -> list[Problem]:
    """Find the problems of defaults and profiles, including those that no cluster uses."""
    roots: list[Path] = [("defaults",), *(("profiles", name) for name in fleet.profiles)]
    layers = [Layer(source, root) for root in roots if source.value]
    return [problem for layer in layers for problem in _check_layer(layer, fleet.kubernetes)]


def _check_layer(layer: Layer, kubernetes: str) -> list[Problem]:
    if layer.root[0] not in layer.source.value:
        return []
    value = layer.value()
    written = Written((layer,))
    alone = sorted(ALONE.intersection(value))
    problems = [
        Problem(
            written.at((key,), key=True), "DG101", f"{key} can only be set in the file of a cluster", "move it there"
        )
        for key in alone
    ]
    try:
        Cluster.model_validate({**value, "name": "cluster"}, context={KUBERNETES: kubernetes})
    except ValidationError as error:
        found = describe(Cluster, value, error, written.at)
        problems += [problem for problem in found if problem.code != "DG103"]
    return problems
