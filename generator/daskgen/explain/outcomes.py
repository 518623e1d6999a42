"""Find what in the rendered objects depends on a value of a spec: render it with other values, and compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from daskgen.explain.values import find_default, find_schemas, is_choice, list_values
from daskgen.findings.problem import Position
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.schema import find_minors
from daskgen.layers.truth import Identity, index_truth
from daskgen.paths import Path, find_differences, get, has, parse_path
from daskgen.render.cluster import RenderedCluster, build_objects
from daskgen.spec.cluster import Cluster

Objects = Mapping[tuple[str, str], Object]

REASONS: Mapping[str, str] = {
    "apiVersion": "it is the version of the format, and there is only one",
    "delivery": "it changes how delivery engines handle the cluster, under overlays/gitops, and none of its objects",
    "expose.dashboard.auth.reason": "it says why the dashboard needs no login, for those who read the spec",
    "expose.scheduler.host": "it is the name of the scheduler that `daskgen connect` shows",
    "image.dask": "it tells the rules which version of Dask the image has, if the tag does not",
    "kind": "it selects the base of the overlay, and whether `job` or a hub is needed; `job` gives the DaskJob",
    "namespace.podSecurity.reason": "it documents why the level is needed",
    "packages.conda": "it lists what the image contains; `daskgen image` writes the Containerfile for it",
    "packages.from": "it says what the image is built from; `daskgen image` writes how",
    "packages.pip": "it says what the image holds, and `daskgen image` writes how that is built; or what the lock has",
    "profile": "it names a part of daskgen.yaml, whose values become part of the spec; explain those fields",
    "renamedFrom": "it allows `daskgen render` to delete the overlay of that name",
    "serviceAccount.create": "it is true if `name` is left out, and false if `name` is that of an existing account",
    "waive": "it changes which findings are reported, and no object",
}
"""Fields that no object depends on, and what they are for."""


OF_PODS: Mapping[Path, str] = {
    ("image", "dask"): REASONS["image.dask"],
    ("fromHardwareProfile",): "it names an object in daskgen.yaml, whose nodes or queue become those of the group",
    ("worker", "protocol"): "no value is allowed: workers use the protocol of the scheduler",
}
"""The last parts of such fields in a scheduler, a group of workers and a job, and what they are for."""

NOTHING = "no object depends on it, with the other values of this spec"


class Origin(NamedTuple):
    """A value of the spec; `at` is None for daskgen's own default."""

    value: Any
    at: Position | None


class Outcome(NamedTuple):
    """A dependency on a value: a field of an object or, without a path, the whole object."""

    kind: str
    name: str
    path: Path = ()
    value: Any = None
    instead: Any = None
    """For an object that is not rendered now: the value of the spec with which it is."""
    is_made: bool = True
    """True if the object exists."""


class Explanation(NamedTuple):
    """The outcomes that depend on a value; or the reason why there are none."""

    outcomes: tuple[Outcome, ...]
    reason: str = ""


def find_value(rendered: RenderedCluster, path: Path) -> Origin:
    """Find the value at `path`, and where it is written. Raises `KeyError` if there is no such field."""
    layer, depth = rendered.written.owner(path)
    if depth == len(path):
        return Origin(get(layer.value(), path), rendered.written.at(path))
    spec = dump_spec(rendered)
    if not path or not has(get(spec, path[:-1]), path[-1]):
        raise KeyError(".".join(map(str, path)))
    value = get(spec, path)
    return Origin(find_default(spec, path) if value is None else value, None)


def explain_all(rendered: RenderedCluster, path: Path) -> dict[Path, Explanation]:
    """Explain the value at `path`; for a map or a list, each value in it, by its path."""
    written = find_value(rendered, path).value
    value = get(dump_spec(rendered), path) if isinstance(written, Mapping | list) else None
    return {leaf: explain(rendered, leaf) for leaf in find_leaves(value, path)}


def explain(rendered: RenderedCluster, path: Path) -> Explanation:
    """Find every place and object that changes with the value at `path`."""
    if reason := _find_reason(path):
        return Explanation((), reason)
    spec = _dump_written(rendered)
    path, value = _find_varied(rendered, spec, path)
    before = _build(rendered.valid)
    found: dict[tuple[str, str, Path, bool], Outcome] = {}
    refusals: list[ErrorDetails] = []
    allowed = False
    kinds = set()
    for other, changed in _vary(spec, path, value):
        kind = other.get("kind") if isinstance(other, Mapping) else None
        cluster = None if kind in kinds else _validate(changed, refusals)
        if not cluster or cluster == rendered.valid:
            continue
        allowed = True
        kinds.update({kind} - {None})
        for outcome in _compare(before, _build(cluster), other):
            found.setdefault((outcome.kind, outcome.name, outcome.path, outcome.is_made), outcome)
        if found and not is_choice(find_schemas(spec, path)):
            break
    return Explanation(tuple(found.values()), "" if found else _describe_nothing(allowed, refusals, path))


def _find_reason(path: Path) -> str:
    fields = {parse_path(field): reason for field, reason in REASONS.items()}
    if reason := OF_PODS.get(path[-2:]) or OF_PODS.get(path[-1:]):
        return reason
    return next((reason for field, reason in fields.items() if field == path[: len(field)]), "")


def _validate(spec: dict[str, Any], refusals: list[ErrorDetails]) -> Cluster | None:
    """Return the cluster; None if the spec is invalid, with the reason added to `refusals`."""
    try:
        return Cluster.model_validate(spec)
    except ValidationError as error:
        refusals += error.errors(include_context=False, include_url=False)
        return None


def _describe_nothing(allowed: bool, refusals: Sequence[ErrorDetails], path: Path) -> str:
    if allowed or not refusals:
        return NOTHING
    # Messages about other fields are reported at those, and not at the field itself.
    others = [refusal for refusal in refusals if refusal["loc"][: len(path)] != path]
    return f"it can only change together with other fields: {[*others, *refusals][0]['msg']}"


def dump_spec(rendered: RenderedCluster) -> dict[str, Any]:
    """Return the whole spec, with every default."""
    return rendered.valid.model_dump(mode="json", by_alias=True)


def _dump_written(rendered: RenderedCluster) -> dict[str, Any]:
    """Return the whole spec as it can be written: without fields that have no value."""
    return rendered.valid.model_dump(mode="json", by_alias=True, exclude_none=True)


def find_leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Find the paths of all scalars and empty maps and lists in a spec; `kind` stands for a variant."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from find_leaves(inner, (*path, key))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from find_leaves(inner, (*path, index))
    else:
        yield path


def _find_varied(rendered: RenderedCluster, spec: dict[str, Any], path: Path) -> tuple[Path, Any]:
    """Find the part of the spec that changes with the value at `path`, and its value as it was written."""
    if path[-1] == "kind" and len(path) > 1 and is_choice(find_schemas(spec, path[:-1])):
        # The kind of a variant determines its fields, so the whole variant changes.
        return path[:-1], get(spec, path[:-1])
    return path, find_value(rendered, path).value


def _vary(spec: dict[str, Any], path: Path, value: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """List specs that differ only at `path`, with the value there; None if there is none."""
    for other in list_values(find_schemas(spec, path), value):
        changed = deepcopy(spec)
        get(changed, path[:-1])[path[-1]] = other
        yield other, changed
    changed = deepcopy(spec)
    parent = get(changed, path[:-1])
    if has(parent, path[-1]):
        del parent[path[-1]]
        yield None, changed


def _build(cluster: Cluster) -> Objects:
    resources, _ = build_objects(cluster, find_minors()[-1])
    return index_truth(resources, Identity(cluster.name, cluster.namespace.name, cluster.image.reference))


def _compare(before: Objects, after: Objects, value: Any) -> Iterator[Outcome]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        name = (old or new or {})["metadata"]["name"]
        if old and new:
            for path, was, would_be in find_differences(old, new):
                yield Outcome(key[0], name, path, _find_lines(was, would_be))
        else:
            yield Outcome(key[0], name, instead=value, is_made=bool(old))


def _find_lines(value: Any, other: Any) -> Any:
    """Return the lines that differ between two texts."""
    if not (isinstance(value, str) and isinstance(other, str) and "\n" in value):
        return value
    there = other.splitlines()
    lines = [line.strip() for line in value.splitlines() if line not in there]
    return ", ".join(lines) or "with more lines"
