"""Check a fleet: kustomize builds the expected objects, and these are valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from daskgen.checks import kubeconform, kustomize
from daskgen.checks.kubeconform import Invalid
from daskgen.checks.kustomize import Built, Follow, follow_quietly
from daskgen.findings.problem import Position, Problem
from daskgen.kubernetes import quantity
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.stored import store
from daskgen.paths import Path, find_differences, format_path

Key = tuple[str, str, str]


class Provable(Protocol):
    """Something with an overlay: a cluster without errors, the operator, or an engine that delivers them."""

    @property
    def name(self) -> str:
        """Return the name of the overlay."""

    @property
    def at(self) -> Position:
        """Return the position of its spec."""

    @property
    def resources(self) -> Sequence[Resource]:
        """Return its objects, under short names."""

    @property
    def truth(self) -> Sequence[Resource]:
        """Return its objects as Kubernetes gets them, under full names."""

    def locate(self, resource: Resource, path: Path, *, key: bool) -> Position:
        """Find the position in the spec that `path` of an object comes from; with `key`, the position of its key."""


AMOUNTS = {"requests", "limits", "sizeLimit"}
"""Fields that are quantities, or maps of them."""


def prove(
    tree: dict[str, str],
    subjects: Sequence[Provable],
    version: str,
    groups: Mapping[str, Sequence[str]] | None = None,
    jobs: int | None = None,
    follow: Follow = follow_quietly,
) -> list[Problem]:
    """Find the problems that kustomize and kubeconform report for the overlays of `subjects`.

    `version` is that of Kubernetes. `groups` maps folders of the tree to the overlays that they list, which are built
    together.
    `jobs` is the number of kustomize processes at a time; by default, one for each core.
    """
    truths = [subject.truth for subject in subjects]
    built = kustomize.build(tree, [subject.name for subject in subjects], groups or {}, jobs, follow)
    problems = [problem for row in zip(subjects, truths, built, strict=True) for problem in _compare(*row)]
    return problems + _validate(subjects, truths, version)


def _compare(subject: Provable, truth: Sequence[Resource], built: Built) -> Iterator[Problem]:
    at = subject.at
    if built.error:
        yield Problem(at, "DG501", built.error)
        return
    wanted = {_key(resource.body): resource.body for resource in truth}
    found = {_key(body): body for body in built.objects}
    for key in sorted(wanted.keys() | found.keys()):
        name = f"{key[0]} {key[2]}"
        if key not in found:
            yield Problem(at, "DG502", f"{name} is not in what kustomize builds")
        elif key not in wanted:
            yield Problem(at, "DG502", f"kustomize builds {name}, which the spec does not give")
        elif wanted[key] != found[key]:
            differences = find_differences(wanted[key], found[key])
            real = (difference for difference in differences if not _is_same_amount(*difference))
            for path, ours, theirs in islice(real, 1):
                yield Problem(at, "DG502", f"{name}: {format_path(path)} is {ours!r}, and kustomize builds {theirs!r}")


def _is_same_amount(path: Path, ours: Any, theirs: Any) -> bool:
    """Return whether two quantities are equal: kustomize quotes the number of a patch that replaces a quoted one."""
    is_quantity = bool(AMOUNTS.intersection(path[-2:]))
    if not is_quantity or not all(isinstance(value, int | float | str) for value in (ours, theirs)):
        return False
    try:
        return quantity.parse(str(ours)) == quantity.parse(str(theirs))
    except ValueError:
        return False


def _key(body: Object) -> Key:
    return body["kind"], body["metadata"].get("namespace", ""), body["metadata"]["name"]


def _validate(subjects: Sequence[Provable], truths: Sequence[Sequence[Resource]], version: str) -> list[Problem]:
    rows = [
        (subject, short, full)
        for subject, truth in zip(subjects, truths, strict=True)
        for short, full in zip(subject.resources, truth, strict=True)
    ]
    # Rules report what the API server drops and fills in; here, what it stores has to be valid.
    invalid = kubeconform.validate([store(full.body).body for _, _, full in rows], version)
    return [_report(*rows[found.place], found) for found in invalid]


def _report(subject: Provable, short: Resource, full: Resource, invalid: Invalid) -> Problem:
    where = f": {format_path(invalid.path)}" if invalid.path else ""
    name = f"{short.key[0]} {full.body['metadata']['name']}"
    at = subject.locate(short, (*invalid.path, *invalid.unknown), key=bool(invalid.unknown))
    return Problem(at, "DG503", f"{name}{where}: {invalid.message}")
