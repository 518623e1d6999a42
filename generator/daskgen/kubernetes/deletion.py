"""Find what is lost when a cluster's objects are deleted. The objects may be those of a damaged file."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Any, NamedTuple

from daskgen.kubernetes.kinds import find_kind, find_pods
from daskgen.kubernetes.labels import GROUP, KEPT
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.replicas import count_replicas
from daskgen.paths import find_maps, get


def is_kept(body: Object) -> bool:
    """Return whether an object stays when its cluster is deleted: kubectl and delivery engines leave it in place."""
    return bool(get(body, ("metadata", "labels", KEPT)) == "true")


def describe_workers(objects: Sequence[Object]) -> str:
    """List the groups of workers with their numbers: default 2, gpu 4."""
    most = [maximum for body in objects if isinstance(maximum := get(body, ("spec", "maximum")), int)]
    groups = []
    for body in filter(lambda body: find_kind(body["kind"]).replicas, objects):
        labels, count = _find_labels(body), count_replicas(body).text
        if name := get(labels, (GROUP,)):
            ranged = most and body["kind"] == "DaskCluster"
            groups.append(f"{name} {count} to {most[0]}" if ranged else f"{name} {count}")
    return ", ".join(sorted(groups))


class Losses(NamedTuple):
    """The losses besides the pods."""

    namespace: bool
    """True if the namespace is deleted, with everything in it."""
    claims: tuple[str, ...]
    """PersistentVolumeClaims that are deleted."""
    pod_volumes: tuple[str, ...]
    """Volumes that were made for each pod."""
    kept_claims: tuple[str, ...]
    """PersistentVolumeClaims that were mounted, and are kept."""
    retained: tuple[str, ...] = ()
    """PersistentVolumeClaims that were created with the objects, but are kept."""


def find_losses(objects: Sequence[Object], kept_namespaces: Container[str] = ()) -> Losses:
    """Find what is lost when objects are deleted; `kept_namespaces` stay all the same."""
    deleted = [body for body in objects if not is_kept(body)]
    namespace = any(body["kind"] == "Namespace" and body["metadata"]["name"] not in kept_namespaces for body in deleted)
    mounted, per_pod = set(_find_claims(objects)), sorted(set(_find_templates(objects)))
    created, gone = (_name_claims(bodies) for bodies in (objects, deleted))
    gone |= mounted | created if namespace else set()
    others, retained = (mounted - created - gone, created - gone)
    return Losses(namespace, *(tuple(sorted(names)) for names in (gone, per_pod, others, retained)))


def _name_claims(objects: Sequence[Object]) -> set[str]:
    return {body["metadata"]["name"] for body in objects if body["kind"] == "PersistentVolumeClaim"}


def describe_losses(objects: Sequence[Object], kept_namespaces: Container[str] = ()) -> list[str]:
    """List what is lost besides the pods: the namespace, and data on volumes; and which data stays."""
    found = find_losses(objects, kept_namespaces)
    losses = ["so is its namespace, with all that others have there"] if found.namespace else []
    for names, words in (
        (found.claims, "PersistentVolumeClaims are deleted with their data, unless volumes are retained"),
        (found.pod_volumes, "volumes created for each pod are deleted with their data"),
        (found.kept_claims, "PersistentVolumeClaims of others are kept"),
        (found.retained, "PersistentVolumeClaims that it created are kept until they are deleted by hand"),
    ):
        losses += [f"{words}: {', '.join(names)}"] if names else []
    return losses


def _find_labels(body: Object) -> Any:
    """Return the labels of the workers that an object creates."""
    path = find_kind(body["kind"]).replicas
    template = path[:-1] if find_kind(body["kind"]).custom else ("spec", "template")
    return get(body, (*template, "metadata", "labels"))


def _find_volumes(objects: Sequence[Object]) -> Iterator[Object]:
    for body in objects:
        for _, pod in find_pods(body):
            yield from find_maps(pod, ("volumes", "*"))


def _find_claims(objects: Sequence[Object]) -> Iterator[str]:
    for volume in _find_volumes(objects):
        if isinstance(name := get(volume, ("persistentVolumeClaim", "claimName")), str):
            yield name


def _find_templates(objects: Sequence[Object]) -> Iterator[str]:
    return (str(volume.get("name")) for volume in _find_volumes(objects) if "ephemeral" in volume)
