"""Turn pydantic's errors into problems that say what was written and what to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from daskgen.findings.problem import Position, Problem, suggest
from daskgen.model.patterns import PATTERNS
from daskgen.paths import Path, format_path, get, has
from daskgen.spec.guesses import guess
from daskgen.words import shorten, show_found
from daskgen.yaml.write import dump_inline

At = Callable[..., Position]

WANTED: Mapping[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "none_required": "nothing",
    **dict.fromkeys(("tuple_type", "list_type"), "a list"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), "a map"),
}
"""Type of an error to the expected type."""

BOUNDS: Mapping[str, tuple[str, str, str]] = {
    "greater_than": ("must be more than", "gt", ""),
    "greater_than_equal": ("must be at least", "ge", ""),
    "less_than_equal": ("must be at most", "le", ""),
    "string_too_short": ("must have at least", "min_length", " characters"),
    "string_too_long": ("must have at most", "max_length", " characters"),
    "too_short": ("must be a list with a length of at least", "min_length", " "),
    "too_long": ("must be a list with a length of at most", "max_length", " "),
}
"""Type of an error to its wording, the name of the bound, and the unit."""


def describe(model: type[BaseModel], value: Any, error: ValidationError, at: At) -> list[Problem]:
    """Describe each problem of the error, at the place that `at` gives for a path.

    The known fields of a map are listed once, however many of its fields are unknown.
    """
    found = [details for details in error.errors(include_url=False) if not _is_consequence(details)]
    told: set[Path] = set()
    return [_describe(model, value, details, at, told) for details in found]


def describe_one(model: type[BaseModel], value: Any, details: ErrorDetails) -> str:
    """Return the message of one error, without its place."""
    return _describe(model, value, details, lambda *_, **__: Position(""), set()).message


def _is_consequence(details: ErrorDetails) -> bool:
    """Return whether a list is only too short because its invalid elements were left out."""
    short = details["type"] == "too_short" and isinstance(details["input"], list)
    return short and len(details["input"]) >= details["ctx"]["min_length"]


def _describe(model: type[BaseModel], value: Any, details: ErrorDetails, at: At, told: set[Path]) -> Problem:
    path = find_written(value, details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    name = format_path(path)
    if kind == "extra_forbidden":
        hint = _suggest_field(model, details["loc"], told)
        return Problem(at(path, key=True), "DG101", f"{name} is not a field", hint)
    if kind == "missing":
        return Problem(at(path), "DG103", f"{name} is missing", _show_example(model, details["loc"]))
    if context.get("key"):
        return Problem(at(path, key=True), "DG101", f"{name} {context['message']}", context["hint"])
    if kind == "union_tag_not_found":
        return Problem(
            at(path), "DG102", f"{name}: kind is missing", _suggest_kind(model, details["loc"], details["input"])
        )
    message, hint = _explain(kind, context, details["input"], details["msg"])
    hint = hint or _show_other_form(model, details["loc"], kind)
    if kind == "union_tag_invalid" and isinstance(get(value, path), Mapping):
        return Problem(at((*path, "kind")), "DG102", f"{name}.kind: {message}", hint)
    return Problem(at(path), "DG102", f"{name}: {message}" if name else message, hint)


def find_written(value: Any, location: tuple[str | int, ...]) -> Path:
    """Remove from `location` what pydantic adds: the chosen variant, the mark of a key, and the index of an element
    that is written without its list."""
    path: Path = ()
    chosen: Any = None
    for index, part in enumerate(location):
        if index and isinstance(value, Mapping) and value.get("kind") == part and value is not chosen:
            # This is the chosen variant; if its name follows again, that is a field.
            chosen = value
            continue
        if has(value, part):
            value = value[part]
        elif _is_added(value, part) and index:
            continue
        path += (part,)
    return path


def _is_added(value: Any, part: str | int) -> bool:
    """Return whether pydantic added `part`: a variant, the mark of a key, or an index where `value` is not a list."""
    if part == 0 and not isinstance(value, list):
        return True
    kind = value.get("kind") if isinstance(value, Mapping) else value
    return part in {kind if isinstance(kind, str) else "", "[key]"}


def _suggest_field(model: type[BaseModel], location: Path, told: set[Path]) -> str:
    """Suggest the field that was probably meant; if none is similar, list all fields, unless `told` has them."""
    *place, name = location
    known = _find_fields(model, tuple(place))
    if near := guess(str(name), known) or suggest(str(name), known):
        return near
    if tuple(place) in told:
        return ""
    told.add(tuple(place))
    return f"known fields: {', '.join(sorted(known))}"


@cache
def _make_schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _find_fields(model: type[BaseModel], location: Path) -> Sequence[str]:
    """Find the names of the fields at `location`."""
    return [name for node in _find_nodes(model, location) for name in node.get("properties", {})]


def _show_example(model: type[BaseModel], location: Path) -> str:
    """Show how a missing field is written; "" for the choice of a variant, whose kinds are listed elsewhere."""
    examples = [node["examples"][0] for node in _find_nodes(model, location) if node.get("examples")]
    return f"for example {location[-1]}: {dump_inline(examples[0])}" if examples else ""


def _suggest_kind(model: type[BaseModel], location: Path, found: Mapping[str, Any]) -> str:
    """Suggest the kind that was written under another name; otherwise list all kinds."""
    nodes = _find_nodes(model, location)
    kinds = [kind for node in nodes for kind in node.get("discriminator", {}).get("mapping", {})]
    meant = [(key, value) for key, value in found.items() if value in kinds]
    return f"write kind: {meant[0][1]} instead of {meant[0][0]}" if meant else f"kinds: {', '.join(sorted(kinds))}"


def _show_other_form(model: type[BaseModel], location: Path, kind: str) -> str:
    """Show the map that may be written where a number was expected."""
    if kind != "int_type":
        return ""
    forms = [node for node in _find_nodes(model, location) if node.get("required")]
    return f"write a number, or a map: {dump_inline(_make_example(forms[0]))}" if forms else ""


def _make_example(node: Mapping[str, Any]) -> dict[str, Any]:
    return {name: node["properties"][name]["examples"][0] for name in node["required"]}


@cache
def _find_nodes(model: type[BaseModel], location: Path) -> Sequence[dict[str, Any]]:
    """Find the parts of the model's JSON schema that describe the value at `location`."""
    schema = _make_schema(model)
    nodes = _open(schema, schema)
    for part in location:
        nodes = [inner for node in nodes for step in _step(node, part) for inner in _open(schema, step)]
    return nodes


def _step(node: dict[str, Any], part: str | int) -> list[dict[str, Any]]:
    found = [node.get("properties", {}).get(part), node.get("discriminator", {}).get("mapping", {}).get(part)]
    found.append(node.get("items") if isinstance(part, int) else node.get("additionalProperties"))
    found += node.get("patternProperties", {}).values()
    return [{"$ref": inner} if isinstance(inner, str) else inner for inner in found if isinstance(inner, str | dict)]


def _open(schema: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    """List what a node of a schema may be: itself, what it refers to, or any of several."""
    if "$ref" in node:
        return _open(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    return [node, *(inner for option in node.get("anyOf", []) for inner in _open(schema, option))]


def _explain(kind: str, context: Mapping[str, Any], found: Any, fallback: str) -> tuple[str, str]:
    """Return what is wrong, and what to do."""
    if kind == "refused":
        return context["message"], context["hint"]
    if kind in WANTED:
        hint = "quote it" if WANTED[kind] == "text" and isinstance(found, bool | int | float) else ""
        return f"must be {WANTED[kind]}, not {show_found(found)}", hint
    if kind == "string_pattern_mismatch":
        rule = PATTERNS.get(context["pattern"], f"what {context['pattern']} matches")
        return f"{show_found(found)} is not allowed", f"write {rule}"
    if kind in {"literal_error", "union_tag_invalid"}:
        return _explain_choice(context, found)
    if kind in BOUNDS:
        words, bound, unit = BOUNDS[kind]
        return f"{words} {context[bound]}{unit.rstrip()}, not {_measure(found) if unit else show_found(found)}", ""
    return fallback[:1].lower() + fallback[1:], ""


def _measure(found: Any) -> str:
    return f"{len(found)}" if isinstance(found, str | list) else show_found(found)


def _explain_choice(context: Mapping[str, Any], found: Any) -> tuple[str, str]:
    text = str(context.get("tag", found))
    allowed = str(context.get("expected_tags") or context["expected"]).replace("'", "").replace(" or ", ", ")
    return f"{shorten(text)} is not one of: {allowed}", suggest(text, allowed.split(", "))
