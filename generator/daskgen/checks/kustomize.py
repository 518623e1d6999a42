"""Build overlays with kustomize."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar

import yaml

from daskgen.findings.problem import ToolError
from daskgen.kubernetes.labels import INSTANCE
from daskgen.kubernetes.objects import Object
from daskgen.outside import disk, tools
from daskgen.yaml.write import dump

BATCH = 25
"""Overlays for each process: kustomize loads its schemas once, and its time grows faster than the number of objects."""


class _Loader(yaml.CSafeLoader):
    """A loader that reads dates, `=` and `<<` as text, which kustomize writes without quotes."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if not tag.endswith((":timestamp", ":value", ":merge"))]
    for first, rows in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class Built(NamedTuple):
    """The result of building one overlay: its objects, or kustomize's error."""

    objects: list[Object]
    error: str = ""


Step = TypeVar("Step")


class Follow(Protocol):
    """Yields steps unchanged, and may show how far they are."""

    def __call__(self, steps: Iterable[Step], total: int, title: str) -> Iterable[Step]:
        """Yield `total` steps of what `title` says."""


def follow_quietly(steps: Iterable[Step], total: int, title: str) -> Iterable[Step]:
    """Show nothing."""
    return steps


def build(
    tree: dict[str, str],
    names: Sequence[str],
    groups: Mapping[str, Sequence[str]] = MappingProxyType({}),
    jobs: int | None = None,
    follow: Follow = follow_quietly,
) -> list[Built]:
    """Build the overlays `names` of a tree; the results are in their order.

    `groups` maps folders of the tree to the overlays that they list. Each of them is built as a whole.
    """
    grouped = {name for members in groups.values() for name in members}
    rest = [name for name in names if name not in grouped]
    batches = {f"batches/{start}": rest[start : start + BATCH] for start in range(0, len(rest), BATCH)}
    lists = {f"{folder}/kustomization.yaml": _list(batch) for folder, batch in batches.items()}
    with disk.keep_for_now({**tree, **lists}) as root, ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        folders = {**groups, **batches}
        done = follow(pool.map(lambda item: _build_batch(root, *item), folders.items()), len(folders), "proving")
        built = {name: result for batch in done for name, result in batch.items()}
    return [built[name] for name in names]


def _list(names: Sequence[str]) -> str:
    return dump({"resources": [f"../../overlays/{name}" for name in names]})


def _build_batch(root: Path, folder: str, names: Sequence[str]) -> dict[str, Built]:
    whole = _build_one(root, folder)
    if not whole.error:
        return _share_out(whole.objects, names)
    built = {name: _build_one(root, f"overlays/{name}") for name in names}
    # Overlays that build one by one and fail together are an error too.
    return built if any(result.error for result in built.values()) else dict.fromkeys(names, whole)


def _build_one(root: Path, folder: str) -> Built:
    try:
        return Built(_run(root / folder))
    except ToolError as error:
        return Built([], str(error).replace(f"{root}/", ""))


def _run(folder: Path) -> list[Object]:
    return read(tools.run("kustomize", "build", str(folder)).output)


def read(output: str) -> list[Object]:
    """Return the objects that kustomize wrote."""
    return [document for document in yaml.load_all(output, Loader=_Loader) if document]


def _share_out(objects: list[Object], names: Sequence[str]) -> dict[str, Built]:
    """Assign the objects of a batch to its overlays, by their label."""
    if len(names) == 1:
        return {names[0]: Built(objects)}
    shares: dict[str, list[Object]] = {name: [] for name in names}
    for body in objects:
        instance = body["metadata"].get("labels", {}).get(INSTANCE, "")
        shares.setdefault(instance, []).append(body)
    return {name: Built(shares[name]) for name in names}
