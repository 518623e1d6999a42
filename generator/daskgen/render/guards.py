"""Guard running clusters: find overlays on disk that no spec renders any more, and report what deletion costs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from daskgen.delivery import GITOPS
from daskgen.findings.problem import Position, Problem
from daskgen.kubernetes.deletion import describe_losses, describe_workers
from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.objects import Object
from daskgen.layers.reading import find_file, find_namespace, read_overlay
from daskgen.operator.install import INSTANCE
from daskgen.outside.disk import Changes, find_made, read_text
from daskgen.outside.files import FLEET_FILE
from daskgen.render.tree import RenderedFleet
from daskgen.spec.load import LoadedFleet
from daskgen.words import count, lay_lines, name_some

OVERLAYS, KUSTOMIZATION = "overlays", "kustomization.yaml"

FEW = 10
"""Number of clusters up to which each gets a hint; more are most likely deleted for one common reason."""


class Vanished(NamedTuple):
    """An overlay that is no longer rendered."""

    name: str
    objects: Sequence[Object]
    """Objects under short names, as far as they can be read."""
    at: Position
    """The position to edit: in `file`, or else in the overlay."""
    file: str = ""
    """The file it was rendered from, if it still exists; or that of a new cluster that is much like it."""
    companions: Sequence[str] = ()
    """For the operator: the clusters of its engine that would be deleted with it."""


class Fingerprint(NamedTuple):
    """The content of an overlay that stays the same when its cluster is renamed."""

    file: str
    """The file it was rendered from."""
    namespace: str
    texts: frozenset[tuple[str, str]]
    """Its files and their content, without the name of the cluster."""


def find_gone(root: Path, rendered: RenderedFleet) -> list[str]:
    """Find the names of overlays on disk that a fleet without errors no longer renders."""
    # The folder of delivery changes with every cluster.
    return list(find_made(root, OVERLAYS, {*rendered.names, GITOPS}))


def find_vanished(
    fleet: LoadedFleet, root: Path, rendered: RenderedFleet, gone: Sequence[str], allowed: Collection[str]
) -> list[Vanished]:
    """Find overlays that are `gone` although neither `allowed` nor the fleet allows to delete them. Only reads."""
    guarded = [name for name in gone if name not in {*allowed, *fleet.fleet.removed, *rendered.replaced}]
    newcomers = _find_newcomers(root, rendered) if guarded else []
    found = [_describe(fleet, root, newcomers, name) for name in guarded if name != INSTANCE]
    if INSTANCE in guarded:
        at = Position(FLEET_FILE)
        found.append(Vanished(INSTANCE, (), at, companions=[name for name in gone if _is_operated(root, name)]))
    return found


def find_problems(fleet: LoadedFleet, vanished: Sequence[Vanished], rendered: RenderedFleet) -> Iterator[Problem]:
    """Report each overlay that would be deleted, with the consequences and, unless there are many, a hint."""
    for overlay in vanished:
        if overlay.name == INSTANCE:
            yield _report_operator(fleet, rendered.operated, overlay.companions)
        else:
            hint = _advise(overlay) if len(vanished) <= FEW else ""
            cost = _describe_cost(overlay.objects, _find_namespaces(rendered))
            yield Problem(overlay.at, "DG405", f"{overlay.name} would be deleted, with {cost}", hint)


def leave_out(changes: Changes, vanished: Sequence[Vanished]) -> Changes:
    """Leave out the files of overlays that would be deleted, which are reported as a whole."""
    folders = tuple(f"{OVERLAYS}/{overlay.name}/" for overlay in vanished)
    return changes._replace(stale=tuple(path for path in changes.stale if not path.startswith(folders)))


def summarize(vanished: Sequence[Vanished], rendered: RenderedFleet) -> str:
    """Say that nothing was written, and if many overlays would be deleted, what to do about all of them."""
    clusters = [overlay for overlay in vanished if overlay.name != INSTANCE]
    what = [count(len(clusters), "cluster")] * bool(clusters) + ["the operator"] * (len(clusters) < len(vanished))
    lines = [f"nothing was written: {' and '.join(what)} would be deleted, {len(rendered.clusters)} would remain"]
    if len(vanished) > FEW:
        lines += [
            f"there is most likely one common reason: check that {FLEET_FILE} and clusters/ are complete",
            f"to delete them: list `removed: [{vanished[0].name}, {vanished[1].name}, …]` in {FLEET_FILE}, "
            "`renamedFrom: NAME` in a cluster that replaces one, or `name: NAME` in one whose file has another name",
        ]
    return lay_lines(lines)


def _describe(fleet: LoadedFleet, root: Path, newcomers: Sequence[Fingerprint], name: str) -> Vanished:
    folder, text = f"{OVERLAYS}/{name}", partial(read_text, root)
    old = _strip(name, {path.name: text(f"{folder}/{path.name}") or "" for path in (root / folder).glob("*.yaml")})
    file = old.file if old.file in fleet.clusters else _find_successor(newcomers, old)
    at = fleet.at(file, ("name",)) if file else Position(f"{folder}/{KUSTOMIZATION}")
    return Vanished(name, read_overlay(text, folder), at, file)


def _find_successor(newcomers: Sequence[Fingerprint], old: Fingerprint) -> str:
    """Find the file of the new cluster in the same namespace that is most similar to the old one; "" if several are."""
    counts = [
        (len(newcomer.texts & old.texts), newcomer.file)
        for newcomer in newcomers
        if newcomer.namespace == old.namespace
    ]
    most = max((number for number, _ in counts), default=0)
    best = [file for number, file in counts if number == most]
    return best[0] if len(best) == 1 else ""


def _find_newcomers(root: Path, rendered: RenderedFleet) -> list[Fingerprint]:
    """Find overlays in the tree that are not on disk."""
    found: dict[str, dict[str, str]] = {name: {} for name in rendered.clusters if not (root / OVERLAYS / name).exists()}
    for path, text in rendered.tree.items():
        room, name, *rest = path.split("/")
        if room == OVERLAYS and name in found:
            found[name]["/".join(rest)] = text
    return [_strip(name, texts) for name, texts in found.items()]


def _strip(name: str, texts: Mapping[str, str]) -> Fingerprint:
    """Remove the cluster's name, and the line with the file that the overlay was rendered from."""
    word, kustomization = re.compile(rf"\b{re.escape(name)}\b"), texts.get(KUSTOMIZATION, "")
    bare = frozenset((file, word.sub("", text.partition("\n")[2])) for file, text in texts.items())
    return Fingerprint(find_file(kustomization), find_namespace(kustomization), bare)


def _is_operated(root: Path, name: str) -> bool:
    objects = read_overlay(partial(read_text, root), f"{OVERLAYS}/{name}")
    return any(body["kind"] in CUSTOM for body in objects)


def _find_namespaces(rendered: RenderedFleet) -> set[str]:
    """Find the namespaces that overlays create."""
    folders = [f"{OVERLAYS}/{name}" for name in rendered.names if f"{OVERLAYS}/{name}/namespace.yaml" in rendered.tree]
    return {find_namespace(rendered.tree[f"{folder}/{KUSTOMIZATION}"]) for folder in folders}


def _describe_cost(objects: Sequence[Object], kept: Collection[str]) -> str:
    workers = describe_workers(objects)
    running = f"its scheduler and its workers ({workers})" if workers else "all of its pods"
    losses = describe_losses(objects)
    if any(body["kind"] == "Namespace" and body["metadata"]["name"] in kept for body in objects):
        losses = ["its namespace may be deleted, although another overlay also has it", *describe_losses(objects, kept)]
    return "; ".join([f"{running}; what they hold in memory is lost", *losses])


def _advise(overlay: Vanished) -> str:
    name, file = overlay.name, overlay.file
    go = f"to delete it, run `daskgen render --allow-delete {name}`, or write `removed: [{name}]` in {FLEET_FILE}"
    if not file:
        return f"restore its file, or write `renamedFrom: {name}` in the file of the cluster that replaces it; {go}"
    return (
        f"if only its file was renamed, write `name: {name}` in {file}; if another cluster replaces it, "
        f"write `renamedFrom: {name}`; {go}"
    )


def _report_operator(fleet: LoadedFleet, operated: Sequence[str], going: Sequence[str]) -> Problem:
    left = f"; {count(len(operated), 'cluster')} left without it: {name_some(operated, FEW)}" if operated else ""
    stuck = f"; deleted with it, and stuck in deletion if it is deleted first: {name_some(going, FEW)}" if going else ""
    cost = "clusters of its engine are no longer created, scaled or deleted"
    first = "delete the clusters of its engine in an earlier merge; " if going or operated else ""
    go = f"run `daskgen render --allow-delete {INSTANCE}`, or write `removed: [{INSTANCE}]` in {FLEET_FILE}"
    hint = f"{first}to delete it, {go}"
    return Problem(
        fleet.settings.at(("operator", "install")), "DG406", f"the operator would be deleted: {cost}{left}{stuck}", hint
    )
