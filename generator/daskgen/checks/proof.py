"""Proves a fleet: what kustomize builds is the truth, and the truth is valid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daskgen.checks import kubeconform, kustomize
from daskgen.checks.kustomize import Built
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.stored import store
from daskgen.layers.truth import personalize
from daskgen.paths import Path, find_differences, format_path
from daskgen.problems import Position, Problem
from daskgen.review import Prepared
from daskgen.trace import find_origin

Key = tuple[str, str, str]


def prove(tree: dict[str, str], clusters: Sequence[Prepared], version: str) -> list[Problem]:
    """Everything that kustomize and kubeconform have against the overlays of `clusters`, for that Kubernetes."""
    truths = [truth_of(prepared) for prepared in clusters]
    built = kustomize.build(tree, [prepared.name for prepared in clusters])
    problems = [it for row in zip(clusters, truths, built, strict=True) for it in _compare(*row)]
    return problems + _validate(clusters, truths, version)


def truth_of(prepared: Prepared) -> list[Resource]:
    """The objects that Kubernetes gets from a cluster without errors."""
    return personalize(prepared.resources, prepared.identity)


def _compare(prepared: Prepared, truth: Sequence[Resource], built: Built) -> Iterator[Problem]:
    at = Position(prepared.written.file)
    if built.error:
        yield Problem(at, "DG501", built.error)
        return
    wanted, found = {_key(it.body): it.body for it in truth}, {_key(it): it for it in built.objects}
    for key in sorted(wanted.keys() | found.keys()):
        name = f"{key[0]} {key[2]}"
        if key not in found:
            yield Problem(at, "DG502", f"{name} is not in what kustomize builds")
        elif key not in wanted:
            yield Problem(at, "DG502", f"kustomize builds {name}, which the spec does not give")
        elif wanted[key] != found[key]:
            path, ours, theirs = next(find_differences(wanted[key], found[key]))
            yield Problem(at, "DG502", f"{name}: {format_path(path)} is {ours!r}, and kustomize builds {theirs!r}")


def _key(body: Object) -> Key:
    return body["kind"], body["metadata"].get("namespace", ""), body["metadata"]["name"]


def _validate(clusters: Sequence[Prepared], truths: Sequence[Sequence[Resource]], version: str) -> list[Problem]:
    rows = [
        (prepared, resource, it)
        for prepared, truth in zip(clusters, truths, strict=True)
        for resource, it in zip(prepared.resources, truth, strict=True)
    ]
    # What is dropped or filled in, rules tell: what is stored has to be valid.
    invalid = kubeconform.validate([store(it.body).body for _, _, it in rows], version)
    return [_report(*rows[it.place], it.path, it.message) for it in invalid]


def _report(prepared: Prepared, short: Resource, full: Resource, path: Path, message: str) -> Problem:
    if prepared.cluster is None:
        raise ValueError("a cluster with errors has nothing to validate")
    origin = find_origin(short, path, prepared.cluster, prepared.written.value(), message)
    where = f": {format_path(path)}" if path else ""
    name = f"{short.key[0]} {full.body['metadata']['name']}"
    key = "additional propert" in message
    return Problem(prepared.written.at(origin, key=key), "DG503", f"{name}{where}: {message}")
