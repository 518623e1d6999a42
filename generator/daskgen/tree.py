"""The whole fleet as a dict from path to text: what the files under base/, overlays/ and schema/ ought to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, NamedTuple

from daskgen.layers.overlay import Files, Overlay, write_base, write_overlay
from daskgen.problems import Problem, sort
from daskgen.resources import build_base
from daskgen.review import Prepared, Totals, Waived, prepare
from daskgen.rules.fleet import Claimed, check_unique
from daskgen.spec.cluster import Base
from daskgen.spec.load import LoadedFleet, find_clusters, load_cluster

if TYPE_CHECKING:
    from concurrent.futures import Executor

ROOMS = ("base", "overlays", "schema")
"""Folders that hold nothing but what is rendered."""

CHUNK = 25
"""Clusters that one job takes at a time."""


class Outcome(NamedTuple):
    """What became of one cluster's file. Small, as it travels between processes."""

    name: str
    base: Base | None
    """None where the cluster has errors."""
    files: Files
    problems: tuple[Problem, ...]
    waived: tuple[Waived, ...]
    claims: tuple[Claimed, ...]
    totals: Totals


class Rendering(NamedTuple):
    """What became of the fleet."""

    tree: dict[str, str]
    problems: tuple[Problem, ...]
    waived: tuple[Waived, ...]
    totals: Totals
    clusters: tuple[str, ...]


def render_fleet(
    fleet: LoadedFleet, root: FilePath, executor: Executor | None = None, only: Sequence[str] = ()
) -> Rendering:
    """Render every cluster; the tree is that of `only`, if given, while rules look at all.

    Nothing is written, and no process is started but those of `executor`.
    """
    paths, problems = find_clusters(root)
    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    work = partial(render_clusters, fleet, root)
    outcomes = [it for done in (executor.map(work, chunks) if executor else map(work, chunks)) for it in done]
    problems += [problem for it in outcomes for problem in it.problems]
    claims = (claim for it in outcomes for claim in it.claims)
    problems += check_unique(claims, lambda file, path: load_cluster(fleet, root, file).written.at(path))
    chosen = [it for it in outcomes if not only or it.name in only]
    return Rendering(
        tree=_grow(chosen),
        problems=sort(problems),
        waived=tuple(waived for it in outcomes for waived in it.waived),
        totals=Totals(*map(sum, zip(*(it.totals for it in chosen), strict=True))) if chosen else Totals(),
        clusters=tuple(it.name for it in outcomes),
    )


def render_clusters(fleet: LoadedFleet, root: FilePath, paths: Sequence[str]) -> list[Outcome]:
    """Render some clusters, each by itself."""
    return [_render(prepare(fleet, root, path)) for path in paths]


def _render(prepared: Prepared) -> Outcome:
    rest = prepared.problems, prepared.waived, prepared.claims, prepared.totals
    cluster = prepared.cluster
    if not cluster:
        return Outcome(prepared.name, None, {}, *rest)
    base = cluster.base
    file = prepared.written.file
    overlay = Overlay(file, cluster.name, cluster.namespace.name, cluster.image, base.name)
    return Outcome(cluster.name, base, write_overlay(overlay, prepared.resources, build_base(base)), *rest)


def _grow(outcomes: Iterable[Outcome]) -> dict[str, str]:
    tree = {f"schema/{name}": text for name, text in read_spec_schemas().items()}
    for base in sorted({it.base for it in outcomes if it.base}):
        _plant(tree, f"base/{base.name}", write_base(build_base(base)))
    for it in outcomes:
        _plant(tree, f"overlays/{it.name}", it.files)
    return tree


def _plant(tree: dict[str, str], folder: str, files: Files) -> None:
    tree.update((f"{folder}/{name}", text) for name, text in files.items())


def read_spec_schemas() -> Files:
    """The JSON schemas of the spec, for editors, by name."""
    folder = files("daskgen") / "data" / "spec"
    return {name: (folder / name).read_text("utf-8") for name in ("cluster.json", "fleet.json")}
