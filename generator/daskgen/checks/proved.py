"""Prove a fleet, without the clusters that were proved before, or that a revision of Git has alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from daskgen.checks.kustomize import Follow, follow_quietly
from daskgen.checks.proof import Provable, prove
from daskgen.findings.problem import Problem
from daskgen.outside.files import FLEET_FILE
from daskgen.render.cluster import render_cluster
from daskgen.render.entry_points import find_entry_points, find_folders
from daskgen.render.keeping import Keep, hash_all, list_keys
from daskgen.render.operator import render_operators
from daskgen.render.tree import RenderedFleet
from daskgen.spec.load import LoadedFleet

Folders = Mapping[str, Sequence[str]]
"""Folders of the tree, and the overlays that each of them lists, which are built together."""


class Proved(NamedTuple):
    """What the proof of a fleet found, and how many clusters it left out."""

    problems: list[Problem]
    before: int
    """Number of clusters that were proved before and have not changed since."""


def prove_fleet(
    fleet: LoadedFleet,
    rendered: RenderedFleet,
    only: Sequence[str] = (),
    unchanged: Collection[str] = (),
    keep: Keep | None = None,
    jobs: int | None = None,
    follow: Follow = follow_quietly,
) -> Proved:
    """Prove a fleet, or `only` some clusters of it, without those `unchanged` and those whose proof is kept."""
    entries = [] if only else find_entry_points(fleet.settings, rendered.groups)
    folders = {} if only else find_folders(entries, rendered.groups)
    files = dict(zip(rendered.clusters, fleet.clusters, strict=True))
    proofs = list_proofs(fleet, rendered.clusters, folders)
    kept = keep.find([*proofs.values()]) if keep is not None else {}
    chosen = [name for name in rendered.clusters if not only or name in only]
    left = find_unproved(chosen, {*unchanged, *(name for name in chosen if proofs[name] in kept)}, folders)
    clusters = [render_cluster(fleet.settings, fleet.read(files[name])) for name in chosen if name in left]
    subjects: list[Provable] = [*clusters, *render_operators(fleet.settings, only), *entries]
    names = {subject.name for subject in subjects}
    whole = {folder: members for folder, members in folders.items() if names.issuperset(members)}
    tree = leave_out(rendered.tree, set(rendered.clusters).difference(left))
    problems = prove(tree, subjects, fleet.fleet.kubernetes, whole, jobs, follow)
    if keep is not None:
        keep.add(dict.fromkeys(choose_proofs(proofs, {name: files[name] for name in left}, problems), b""))
    return Proved(problems, len(chosen) - len(left))


def list_proofs(fleet: LoadedFleet, names: Sequence[str], folders: Folders) -> dict[str, bytes]:
    """Return the key of the proof of each cluster; `names` are in the order of their files.

    It depends on the cluster's file, on daskgen.yaml, on daskgen with its pinned tools and schemas, and on the clusters
    that are built with it.
    """
    keys = dict(zip(names, list_keys(fleet), strict=True))
    groups = {
        member: hash_all(*(keys.get(other, other.encode()) for other in members))
        for members in folders.values()
        for member in members
    }
    return {name: hash_all(b"proof", key, groups.get(name, b"")) for name, key in keys.items()}


def find_unchanged(fleet: LoadedFleet, rendered: RenderedFleet, alike: Collection[str]) -> set[str]:
    """Find the clusters whose own file and whose rendered files are all among the paths `alike`."""
    differing = [path for path in rendered.tree if path not in alike]
    if FLEET_FILE not in alike or any(path.startswith("base/") for path in differing):
        return set()
    changed = {path.split("/")[1] for path in differing if path.startswith("overlays/")}
    named = zip(rendered.clusters, fleet.clusters, strict=True)
    return {name for name, file in named if file in alike and name not in changed}


def find_unproved(names: Collection[str], proved: Collection[str], folders: Folders) -> set[str]:
    """Find the clusters of `names` to prove: the others of a folder are built with one that is not `proved`."""
    left = set(names).difference(proved)
    touched = (members for members in folders.values() if left.intersection(members))
    return left.union(*touched).intersection(names)


def leave_out(tree: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """Leave out the overlays of clusters: most of a large fleet, if few of them changed."""
    return {
        path: text for path, text in tree.items() if not (path.startswith("overlays/") and path.split("/")[1] in names)
    }


def choose_proofs(proofs: Mapping[str, bytes], files: Mapping[str, str], problems: Sequence[Problem]) -> list[bytes]:
    """Choose the proofs to keep: those of clusters without a problem in their file, by name in `files`.

    None is kept if a problem is in another file, such as daskgen.yaml: it may be one of every cluster.
    """
    faulty = {problem.at.file for problem in problems}
    if not faulty.issubset(files.values()):
        return []
    return [proofs[name] for name, file in files.items() if file not in faulty]
