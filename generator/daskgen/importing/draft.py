"""Hold what manifests ask for, sorted by the parts of a cluster, with the place of every value."""

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

Role = Literal["scheduler", "workers", "service", "object"]
"""`scheduler` and `workers` are templates of pods, `service` a Service's spec, `object` all else of a whole object."""

OWN = {"scheduler": "scheduler", "workers": "worker"}
"""Role of a template to the name of the container that runs Dask."""

CONTAINER: Path = ("spec", "containers", 0)
"""Where the container stands in a template with only one."""


class Move(NamedTuple):
    """Something that was taken: where it stands now, and where it was written."""

    to: Path
    source: Source
    origin: Path


class Note(NamedTuple):
    """Something written that no part holds any more: the field of the spec that says it, or why none does."""

    source: Source
    origin: Path
    reason: str = ""
    field: str = ""
    left: bool = False
    """Whether it is no part of the cluster, or cannot be: then somebody has to look after it."""


@dataclass
class Part:
    """What is asked of one part of the cluster, in Kubernetes' own fields."""

    role: Role
    group: str = DEFAULT
    """Name of the group of workers."""
    kind: str = ""
    """Of an object: what it is; and its short name."""
    name: str = ""
    tree: dict[str, Any] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    spread: str = ""
    """How far apart the pods want to be, where their affinity says it."""
    options: dict[str, str] = field(default_factory=dict)
    """Options of its command that the spec has fields for."""
    folder: str = ""
    """Where its command finds Dask's programs, if that is no usual place."""
    fields: dict[str, Any] = field(default_factory=dict)
    """Fields of the spec that options of its command give."""
    several_workers: bool = True
    """Whether the engine takes several workers in a pod."""

    def take(self, source: Source, origin: Path, to: Path = ()) -> None:
        """Put a copy of what is written at `origin` where it belongs in this part."""
        if not has_path(source.value, origin):
            return
        self.put(to, deepcopy(get(source.value, origin)))
        self.moves.append(Move(to, source, origin))

    def note(self, to: Path, source: Source, origin: Path) -> None:
        """Say where what stands at `to` was written."""
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
        """Take what stands at `path` out of the tree, and note what became of it."""
        self.mention(path, reason, field)
        holder = get(self.tree, path[:-1])
        if isinstance(holder, list):
            self._close_gap(path, len(holder))
        holder.pop(path[-1])

    def _close_gap(self, path: Path, length: int) -> None:
        """Note for the elements behind one that goes that they move up."""
        behind = range(int(path[-1]) + 1, length)
        places = [((*path[:-1], index - 1), self.written((*path[:-1], index))) for index in behind]
        self.moves += [Move(to, *written) for to, written in places if written]

    def mention(self, path: Path, reason: str = "", field: str = "") -> None:
        """Note what became of what was written for `path`, in one place or in several below it."""
        below = [(move.source, move.origin) for move in self.moves if move.to[: len(path)] == path]
        written = self.written(path)
        self.notes += [Note(*place, reason, field) for place in ([written] if written else below)]

    def relocate(self, old: Path, new: Path) -> None:
        """Move what stands at `old` to `new`; it keeps the place where it was written."""
        written = self.written(old)
        self.put(new, get(self.tree, old[:-1]).pop(old[-1]))
        if written:
            self.note(new, *written)

    def written(self, path: Path) -> tuple[Source, Path] | None:
        """The file and path that what stands at `path` was written at; None if nobody wrote it."""
        moves = [move for move in self.moves if path[: len(move.to)] == move.to]
        # Of two that lead here, the one that says more of the way; of these, the last.
        best = max(reversed(moves), key=lambda move: len(move.to), default=None)
        return (best.source, best.origin + path[len(best.to) :]) if best else None


@dataclass
class Draft:
    """A cluster as manifests ask for it."""

    name: str
    file: str
    """The file that it was found in first."""
    engine: str
    """What makes its pods, as it is."""
    documents: list[Source] = field(default_factory=list)
    """All that it is drafted from."""
    scheduler: Part = field(default_factory=lambda: Part("scheduler"))
    service: Part = field(default_factory=lambda: Part("service"))
    workers: list[Part] = field(default_factory=list)
    objects: list[Part] = field(default_factory=list)
    """What is said of further objects themselves, apart from their pods."""
    made: set[tuple[str, str]] = field(default_factory=set)
    """Kinds and short names of objects that the source makes without naming them."""
    spec: dict[str, Any] = field(default_factory=dict)
    """Fields of the spec that are asked for in so many words."""
    notes: list[Note] = field(default_factory=list)

    @property
    def parts(self) -> Iterator[Part]:
        """Return every part."""
        yield from (self.scheduler, self.service, *self.workers, *self.objects)

    @property
    def pods(self) -> list[Part]:
        """Return the parts that are templates of pods."""
        return [self.scheduler, *self.workers]

    @property
    def limits(self) -> dict[str, Any]:
        """Return how many workers there may be, where the number follows the work; {} where it does not."""
        found = next((part.tree for part in self.objects if part.kind == "DaskAutoscaler"), {})
        return dict(get(found, ("spec",)) or {})

    @property
    def is_ours(self) -> bool:
        """Return whether all documents were rendered by daskgen: then what they do not say is meant, too."""
        return all(get(document.value, ("metadata", "labels", MANAGED_BY)) == "daskgen" for document in self.documents)

    def namespace(self) -> str:
        """Return the namespace that one of its objects names; "" if none does."""
        names = (get(document.value, ("metadata", "namespace")) for document in self.documents)
        return next((str(name) for name in names if name), "")


def has_path(value: Any, path: Path) -> bool:
    """Return whether something stands at `path`."""
    return not path or (has_path(value, path[:-1]) and has(get(value, path[:-1]), path[-1]))


def _set(holder: Any, part: str | int, value: Any) -> None:
    if isinstance(holder, list) and part == len(holder):
        holder.append(value)
    else:
        holder[part] = value


def find_container(part: Part) -> int | None:
    """Which container of a template runs Dask: the one of our name, the one that names a dask command, or the first."""
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
    """Take all that is said of an object itself; `besides` are fields of its spec that are taken elsewhere."""
    for key in document.value:
        if key not in {"apiVersion", "kind", "spec"}:
            part.take(document, (key,), (key,))
    spec = get(document.value, ("spec",))
    for key in spec if isinstance(spec, dict) else ():
        if key not in besides:
            part.take(document, ("spec", key), ("spec", key))
    return part
