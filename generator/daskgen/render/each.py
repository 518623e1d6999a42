"""Make a value of each cluster of a fleet: by several processes, and only of clusters that are not kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from daskgen.render.cluster import RenderedCluster, render_cluster
from daskgen.render.keeping import Keep, hash_all, list_keys, pack, unpack_all
from daskgen.spec.load import LoadedFleet, Settings
from daskgen.yaml.read import parse

if TYPE_CHECKING:
    from concurrent.futures import Executor

CHUNK = 25
"""Clusters that one job takes at a time."""

Made = TypeVar("Made")

Make = Callable[[Settings, RenderedCluster], Made]
"""Makes a value of a rendered cluster: a function of a module, as processes find it by its name. The value is a named
tuple of plain values, as it is kept."""


def make_each(
    fleet: LoadedFleet, make: Make[Made], executor: Executor | None = None, keep: Keep | None = None
) -> list[Made]:
    """Make a value of each cluster, in the order of their files.

    Reads and writes nothing but what `keep` holds, and starts no process but those of `executor`.
    """
    return _make_missing(fleet, make, executor, keep) if keep else _make_some(fleet, make, executor, fleet.clusters)


def _make_missing(fleet: LoadedFleet, make: Make[Made], executor: Executor | None, keep: Keep) -> list[Made]:
    """Make what is not kept, and keep it."""
    kind = make.__qualname__.encode()
    keys = {file: hash_all(kind, key) for file, key in zip(fleet.clusters, list_keys(fleet), strict=True)}
    kept = unpack_all(keep.find([*keys.values()]))
    missing = [file for file, key in keys.items() if key not in kept]
    made = dict(zip(missing, _make_some(fleet, make, executor, missing), strict=True))
    if made:
        keep.add({keys[file]: pack(value) for file, value in made.items()})
    return [made[file] if file in made else kept[key] for file, key in keys.items()]


def _make_some(fleet: LoadedFleet, make: Make[Made], executor: Executor | None, chosen: Sequence[str]) -> list[Made]:
    files = [(file, fleet.files[file]) for file in chosen]
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    # Only the settings and the chunk are sent to a process, not the fleet.
    made = (executor.map if executor else map)(partial(_make_chunk, make, fleet.settings), chunks)
    return [value for values in made for value in values]


def _make_chunk(make: Make[Made], settings: Settings, files: Sequence[tuple[str, bytes]]) -> list[Made]:
    return [make(settings, render_cluster(settings, parse(data, file))) for file, data in files]
