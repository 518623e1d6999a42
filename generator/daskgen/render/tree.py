"""The whole fleet as a dict from path to text: what the files under base/, overlays/ and schema/ ought to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, NamedTuple

from daskgen.findings.problem import Position, Problem, sort
from daskgen.kubernetes.totals import Totals, total
from daskgen.layers.overlay import Files, Overlay, write_base, write_overlay
from daskgen.parts.groups import Group, Member, gather
from daskgen.paths import Path
from daskgen.render import entry_points as gitops
from daskgen.render.cluster import Prepared, Waived, prepare
from daskgen.render.operator import Installation, find_operators
from daskgen.render.resources import build_base
from daskgen.rules.delivery import check_delivery
from daskgen.rules.fleet import REPLACED, Claimed, check_gone, check_unique
from daskgen.spec.cluster import Base
from daskgen.spec.load import LoadedFleet, find_clusters, load_cluster

if TYPE_CHECKING:
    from concurrent.futures import Executor

ROOMS = ("base", "overlays", "schema")
"""Folders that hold nothing but what is rendered."""

CHUNK = 25
"""Clusters that one job takes at a time."""

EMPTY = "DG012"
"""That there is nothing to render, which is no problem where there is the operator."""


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
    members: tuple[Member, ...] = ()
    """It, if it is delivered."""


class Rendering(NamedTuple):
    """What became of the fleet."""

    tree: dict[str, str]
    problems: tuple[Problem, ...]
    waived: tuple[Waived, ...]
    totals: Totals
    clusters: tuple[str, ...]
    operators: tuple[str, ...] = ()
    """The name of the operator's overlay, if the fleet installs it."""
    groups: tuple[Group, ...] = ()
    """What is delivered together, if the fleet is delivered."""
    replaced: tuple[str, ...] = ()
    """Names that clusters have taken the place of."""
    operated: tuple[str, ...] = ()
    """Clusters that the operator runs."""

    @property
    def names(self) -> tuple[str, ...]:
        """Those of all overlays."""
        return (*self.clusters, *self.operators)


def render_fleet(
    fleet: LoadedFleet, root: FilePath, executor: Executor | None = None, only: Sequence[str] = ()
) -> Rendering:
    """Render every cluster, and the operator; the tree is that of `only`, if given, while rules look at all.

    Nothing is written, and no process is started but those of `executor`.
    """
    operators = find_operators(fleet)
    paths, problems = find_clusters(root)
    outcomes = _render_all(fleet, root, paths, executor)
    members = [*gitops.find_operator_members(fleet.fleet, operators), *(it for done in outcomes for it in done.members)]
    groups = gather(members)
    chosen, installed = [it for it in outcomes if not only or it.name in only], find_operators(fleet, only)
    entries = {} if only else gitops.write(gitops.find_entry_points(fleet, groups), groups)
    return Rendering(
        tree=_grow(chosen, installed) | entries,
        problems=sort(
            [
                *(it for it in problems if not (operators and it.code == EMPTY)),
                *_check(fleet, root, (*operators, *outcomes), groups),
                *(it for done in outcomes for it in done.problems),
            ]
        ),
        waived=tuple(waived for it in outcomes for waived in it.waived),
        totals=total([*(it.totals for it in chosen), *(it.totals for it in installed)]),
        clusters=tuple(it.name for it in outcomes),
        operators=tuple(it.name for it in operators),
        groups=tuple(groups),
        replaced=tuple(claim.value for it in outcomes for claim in it.claims if claim.unique == REPLACED),
        operated=tuple(it.name for it in outcomes if it.base and it.base.engine == "operator"),
    )


def _render_all(fleet: LoadedFleet, root: FilePath, paths: Sequence[str], executor: Executor | None) -> list[Outcome]:
    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    done = (executor.map if executor else map)(partial(render_clusters, fleet, root), chunks)
    return [it for outcomes in done for it in outcomes]


def render_clusters(fleet: LoadedFleet, root: FilePath, paths: Sequence[str]) -> list[Outcome]:
    """Render some clusters, each by itself."""
    return [_render(fleet, prepare(fleet, root, path)) for path in paths]


def _render(fleet: LoadedFleet, prepared: Prepared) -> Outcome:
    rest = prepared.problems, prepared.waived, prepared.claims, prepared.totals
    cluster = prepared.cluster
    if not cluster:
        return Outcome(prepared.name, None, {}, *rest)
    base = cluster.base
    file = prepared.written.file
    overlay = Overlay(file, cluster.name, cluster.namespace.name, cluster.image, base.name)
    written = write_overlay(overlay, prepared.resources, build_base(base))
    return Outcome(cluster.name, base, written, *rest, tuple(gitops.find_member(fleet.fleet, prepared)))


def _check(
    fleet: LoadedFleet, root: FilePath, takers: Sequence[Installation | Outcome], groups: Sequence[Group]
) -> Iterator[Problem]:
    """What only shows in all of the fleet together."""
    locate = partial(_locate, fleet, root)
    claims = [claim for it in takers for claim in it.claims]
    yield from check_unique(claims, locate)
    yield from check_gone([it.name for it in takers], fleet.fleet.removed, claims, fleet.source.file, locate)
    yield from check_delivery(fleet.source.file, fleet.fleet.delivery, groups, locate)


def _locate(fleet: LoadedFleet, root: FilePath, file: str, path: Path) -> Position:
    if file == fleet.source.file:
        return fleet.at(path)
    return load_cluster(fleet, root, file).written.at(path)


def _grow(outcomes: Iterable[Outcome], operators: Iterable[Installation]) -> dict[str, str]:
    tree = {f"schema/{name}": text for name, text in read_spec_schemas().items()}
    for base in sorted({it.base for it in outcomes if it.base}):
        _plant(tree, f"base/{base.name}", write_base(build_base(base)))
    for it in outcomes:
        _plant(tree, f"overlays/{it.name}", it.files)
    for operator in operators:
        _plant(tree, f"base/{operator.name}", operator.write_base())
        _plant(tree, f"overlays/{operator.name}", operator.write_overlay())
    return tree


def _plant(tree: dict[str, str], folder: str, files: Files) -> None:
    tree.update((f"{folder}/{name}", text) for name, text in files.items())


def read_spec_schemas() -> Files:
    """The JSON schemas of the spec, for editors, by name."""
    folder = files("daskgen") / "data" / "spec"
    return {name: (folder / name).read_text("utf-8") for name in ("cluster.json", "fleet.json")}
