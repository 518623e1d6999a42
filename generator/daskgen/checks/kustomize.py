"""Asks kustomize what it makes of overlays."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import yaml

from daskgen import disk, tools
from daskgen.emit import dump
from daskgen.kubernetes.labels import INSTANCE
from daskgen.kubernetes.objects import Object
from daskgen.problems import ToolError

BATCH = 25
"""Overlays a start: kustomize loads its schemas once a process, while its time grows faster than the objects."""


class _Loader(yaml.CSafeLoader):
    """Reads what kustomize writes bare: dates, `=` and `<<` are text to it."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if not tag.endswith((":timestamp", ":value", ":merge"))]
    for first, rows in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class Built(NamedTuple):
    """What became of one overlay: its objects, or kustomize's words on why there are none."""

    objects: list[Object]
    error: str = ""


def build(tree: dict[str, str], names: Sequence[str]) -> list[Built]:
    """Build the overlays `names` of a tree; the answers are in their order."""
    batches = [names[start : start + BATCH] for start in range(0, len(names), BATCH)]
    lists = {f"batches/{index}/kustomization.yaml": _list(batch) for index, batch in enumerate(batches)}
    with disk.keep_for_now({**tree, **lists}) as root, ThreadPoolExecutor(os.cpu_count()) as pool:
        built = pool.map(lambda index: _build_batch(root, index, batches[index]), range(len(batches)))
        return [it for batch in built for it in batch]


def _list(names: Sequence[str]) -> str:
    return dump({"resources": [f"../../overlays/{name}" for name in names]})


def _build_batch(root: Path, index: int, names: Sequence[str]) -> list[Built]:
    try:
        objects = _run(root / "batches" / str(index))
    except ToolError:
        return [_build_one(root, name) for name in names]
    return _share_out(objects, names)


def _build_one(root: Path, name: str) -> Built:
    try:
        return Built(_run(root / "overlays" / name))
    except ToolError as error:
        return Built([], str(error).replace(f"{root}/", ""))


def _run(folder: Path) -> list[Object]:
    return read(tools.run("kustomize", "build", str(folder)).output)


def read(output: str) -> list[Object]:
    """The objects that kustomize wrote."""
    return [it for it in yaml.load_all(output, Loader=_Loader) if it]


def _share_out(objects: Sequence[Object], names: Sequence[str]) -> list[Built]:
    """Give each overlay of a batch its objects, which its label tells."""
    shares: dict[str, list[Object]] = {name: [] for name in names}
    for it in objects:
        instance = it["metadata"].get("labels", {}).get(INSTANCE, "")
        shares.setdefault(instance, []).append(it)
    return [Built(shares[name]) for name in names]
