"""Hold the values of manifests, sorted by the parts of a cluster, with the place of every value."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from daskgen.kubernetes.labels import MANAGED_BY
from daskgen.parts.workers import DEFAULT
from daskgen.paths import Path, get, has
from daskgen.yaml.read import Source

Role = Literal["scheduler", "workers", "job", "service", "object"]
"""`scheduler`, `workers` and `job` are pod templates, `service` is the spec of a Service, `object` the rest of one."""

OWN = {"scheduler": "scheduler", "workers": "worker", "job": "job"}
"""Role of a pod template to the name of its container that runs Dask, or the job."""

CONTAINER: Path = ("spec", "containers", 0)
"""Path of the container in a pod template that has only one."""


class Move(NamedTuple):
    """A value that was moved into a part: its path there, and the place where it was written."""

    to: Path
    source: Source
    origin: Path


class Note(NamedTuple):
    """A written value that no part holds any more: the field of the spec that sets it, or the reason why none does."""

    source: Source
    origin: Path
    reason: str = ""
    field: str = ""
    left: bool = False
    """True if a rendered cluster cannot have the value: then the user has to handle it."""


@dataclass
class Part:
    """The values that manifests give for one part of the cluster, in Kubernetes' own fields."""

    role: Role
    group: str = DEFAULT
    """Name of the group of workers."""
    kind: str = ""
    """Kind of an object; `name` is its short name."""
    name: str = ""
    tree: dict[str, Any] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    spread: str = ""
    """The value of `spread` that the affinity of the pods amounts to."""
    options: dict[str, str] = field(default_factory=dict)
    """Options of its command that the spec has fields for, and their values."""
    folder: str = ""
    """Folder of Dask's programs in its command, if it is an unusual one."""
    fields: dict[str, Any] = field(default_factory=dict)
    """Fields of the spec that are read from options of its command."""
    several_workers: bool = True
    """True if one pod runs several workers."""

    def take(self, source: Source, origin: Path, to: Path = ()) -> None:
        """Put a copy of the value at `origin` of a document at `to` in this part."""
        if not has_path(source.value, origin):
            return
        self.put(to, deepcopy(get(source.value, origin)))
        self.moves.append(Move(to, source, origin))

    def note(self, to: Path, source: Source, origin: Path) -> None:
        """Record where the value at `to` was written."""
        self.moves.append(Move(to, source, origin))

    def put(self, to: Path, value: Any) -> None:
        """Set a value, making the maps and lists around it."""
        if not to:
            self.tree.update(value if isinstance(value, dict) else {})
            return
        holder: Any = self.tree
        for part, following in pairwise(to):
            if not has(holder, part) or holder[part] is None:
                _set(holder, part, [] if isinstance(following, int) else {})
            holder = holder[part]
        _set(holder, to[-1], value)

    def explain(self, path: Path, reason: str = "", field: str = "") -> None:
        """Take the value at `path` out of the tree, and note its outcome."""
        self.mention(path, reason, field)
        holder = get(self.tree, path[:-1])
        if isinstance(holder, list):
            self._close_gap(path, len(holder))
        holder.pop(path[-1])

    def _close_gap(self, path: Path, length: int) -> None:
        """Correct the paths of the list elements behind one that is taken out."""
        behind = range(int(path[-1]) + 1, length)
        places = [((*path[:-1], index - 1), self.written((*path[:-1], index))) for index in behind]
        self.moves += [Move(to, *written) for to, written in places if written]

    def mention(self, path: Path, reason: str = "", field: str = "") -> None:
        """Note the outcome of what was written for `path`, at one place or at several below it."""
        below = [(move.source, move.origin) for move in self.moves if move.to[: len(path)] == path]
        written = self.written(path)
        self.notes += [Note(*place, reason, field) for place in ([written] if written else below)]

    def relocate(self, old: Path, new: Path) -> None:
        """Move the value at `old` to `new`; the place where it was written stays known."""
        written = self.written(old)
        self.put(new, get(self.tree, old[:-1]).pop(old[-1]))
        if written:
            self.note(new, *written)

    def written(self, path: Path) -> tuple[Source, Path] | None:
        """Return the file and path at which the value at `path` was written; None if it is not in any file."""
        moves = [move for move in self.moves if path[: len(move.to)] == move.to]
        # Of several moves that lead here, take the one with the longest path; of these, the last.
        best = max(reversed(moves), key=lambda move: len(move.to), default=None)
        return (best.source, best.origin + path[len(best.to) :]) if best else None


@dataclass
class Draft:
    """A cluster as manifests describe it."""

    name: str
    file: str
    """The first file that it was found in."""
    engine: str
    """The engine that makes its pods."""
    documents: list[Source] = field(default_factory=list)
    """All documents that it is drafted from."""
    scheduler: Part = field(default_factory=lambda: Part("scheduler"))
    service: Part = field(default_factory=lambda: Part("service"))
    workers: list[Part] = field(default_factory=list)
    job: Part | None = None
    """The pod of a DaskJob that uses the cluster."""
    objects: list[Part] = field(default_factory=list)
    """The values of objects themselves, without those of their pods."""
    made: set[tuple[str, str]] = field(default_factory=set)
    """Kinds and short names of objects that the source creates without listing them, as a chart does."""
    ranges: dict[str, dict[str, int]] = field(default_factory=dict)
    """Names of groups of Deployments, to the least and the most workers that an autoscaler sets."""
    spec: dict[str, Any] = field(default_factory=dict)
    """Fields of the spec that the source sets directly."""
    notes: list[Note] = field(default_factory=list)

    @property
    def parts(self) -> Iterator[Part]:
        """Return every part."""
        yield from (*self.pods, self.service, *self.objects)

    @property
    def pods(self) -> list[Part]:
        """Return the parts that are pod templates."""
        return [self.scheduler, *self.workers, *([self.job] if self.job else [])]

    @property
    def limits(self) -> dict[str, Any]:
        """Return the limits of the autoscaler; {} if there is none."""
        found = next((part.tree for part in self.objects if part.kind == "DaskAutoscaler"), {})
        return dict(get(found, ("spec",)) or {})

    @property
    def is_ours(self) -> bool:
        """Return whether daskgen rendered all documents: then a value that they leave out is left out on purpose."""
        return all(get(document.value, ("metadata", "labels", MANAGED_BY)) == "daskgen" for document in self.documents)

    def namespace(self) -> str:
        """Return the namespace that one of its objects names; "" if none does."""
        names = (get(document.value, ("metadata", "namespace")) for document in self.documents)
        return next((str(name) for name in names if name), "")


def has_path(value: Any, path: Path) -> bool:
    """Return whether there is a value at `path`."""
    return not path or (has_path(value, path[:-1]) and has(get(value, path[:-1]), path[-1]))


def _set(holder: Any, part: str | int, value: Any) -> None:
    if isinstance(holder, list) and part == len(holder):
        holder.append(value)
    else:
        holder[part] = value


def find_container(part: Part) -> int | None:
    """Return the index of Dask's container: the one with our name, else with a dask command, else the first."""
    containers = get(part.tree, ("spec", "containers"))
    if (
        not isinstance(containers, list)
        or not all(isinstance(container, dict) for container in containers)
        or not containers
    ):
        return None
    names = [container.get("name") for container in containers]
    own = OWN[part.role]
    if own in names:
        return names.index(own)
    asked = (
        index
        for index, container in enumerate(containers)
        if "dask" in str([container.get("command"), container.get("args")])
    )
    return next(asked, 0)


def take_object(document: Source, part: Part, *besides: str) -> Part:
    """Take the values of an object itself; `besides` are fields of its spec that other parts take."""
    for key in document.value:
        if key not in {"apiVersion", "kind", "spec"}:
            part.take(document, (key,), (key,))
    spec = get(document.value, ("spec",))
    for key in spec if isinstance(spec, dict) else ():
        if key not in besides:
            part.take(document, ("spec", key), ("spec", key))
    return part
