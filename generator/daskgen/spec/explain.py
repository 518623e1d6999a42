"""Turns what pydantic finds into problems, in words that say what was written and what to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from daskgen.model import PATTERNS
from daskgen.problems import Position, Problem
from daskgen.source import Path, format_path

At = Callable[..., Position]

NOUNS: Mapping[type, str] = {
    bool: "true or false",
    str: "text",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a map",
    type(None): "nothing",
}

WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a map",
    "mapping_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "none_required": "nothing",
}


def describe(model: type[BaseModel], value: Any, error: ValidationError, at: At) -> list[Problem]:
    """A problem for each of the error's, at the place that `at` gives for a path."""
    return [_describe(model, value, details, at) for details in error.errors(include_url=False)]


def _describe(model: type[BaseModel], value: Any, details: ErrorDetails, at: At) -> Problem:
    path = written_path(value, details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(model, value, details["loc"], path, at)
    if kind == "missing":
        return Problem(at(path), "DG103", f"{format_path(path)} is missing")
    message, hint = _explain(kind, context, details["input"], details["msg"])
    where = f"{format_path(path)}: " if path else ""
    return Problem(at(path), "DG102", where + message, hint)


def written_path(value: Any, location: tuple[str | int, ...]) -> Path:
    """Take out of `location` the names that pydantic adds for the variant it chose."""
    path: Path = ()
    for index, part in enumerate(location):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        elif _is_added(value, part, last=index == len(location) - 1):
            continue
        path += (part,)
    return path


def _is_added(value: Any, part: str | int, *, last: bool) -> bool:
    if isinstance(value, Mapping) and value.get("kind") == part:
        return True
    return isinstance(value, str | list) and (not last or value == part) or part in {"[key]", "dict[str,any]"}


def _unknown(model: type[BaseModel], value: Any, location: Path, path: Path, at: At) -> Problem:
    known = _fields(model, value, location[:-1])
    name = str(path[-1])
    near = get_close_matches(name, known, 1, 0.6) or [it for it in known if it.lower() == name.lower()]
    hint = f"did you mean {near[0]}?" if near else (f"known here: {', '.join(sorted(known))}" if known else "")
    return Problem(at(path, key=True), "DG101", f"{format_path(path)} is not a field", hint)


def _fields(model: Any, value: Any, location: tuple[str | int, ...]) -> list[str]:
    """Names of the fields at `location`, found by following it through the models."""
    schema = model.model_json_schema()
    node: dict[str, Any] = schema
    for part in location:
        node = _step(schema, node, part)
    return list(_resolve(schema, node).get("properties", {}))


def _step(schema: dict[str, Any], node: dict[str, Any], part: str | int) -> dict[str, Any]:
    for option in _options(schema, node):
        if part in option.get("properties", {}):
            found: dict[str, Any] = option["properties"][part]
            return found
        mapping = option.get("discriminator", {}).get("mapping", {})
        if part in mapping:
            return {"$ref": mapping[part]}
        inner = option.get("items") if isinstance(part, int) else option.get("additionalProperties")
        if isinstance(inner, dict):
            return inner
    return {}


def _options(schema: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    node = _resolve(schema, node)
    return [node, *(it for option in node.get("anyOf", []) for it in _options(schema, option))]


def _resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    objects = [it for it in node.get("anyOf", []) if "$ref" in it]
    return _resolve(schema, objects[0]) if objects and "properties" not in node else node


def _explain(kind: str, context: Mapping[str, Any], found: Any, fallback: str) -> tuple[str, str]:
    if kind == "refused":
        return context["message"], context["hint"]
    if kind in WANTED:
        return _wrong_type(WANTED[kind], found)
    if kind == "string_pattern_mismatch":
        return f"{found} is not allowed", PATTERNS.get(context["pattern"], f"it must match {context['pattern']}")
    if kind in {"literal_error", "union_tag_invalid"}:
        return _wrong_choice(context, found)
    if kind == "union_tag_not_found":
        return "`kind` is missing", "it says which variant the options are for"
    return _out_of_bounds(kind, context, found) or (fallback[:1].lower() + fallback[1:], "")


def _wrong_type(wanted: str, found: Any) -> tuple[str, str]:
    got = NOUNS.get(type(found), "something else")
    shown = f" {found}" if isinstance(found, str | int | float) and not isinstance(found, bool) else ""
    shown = {True: " true", False: " false"}[found] if isinstance(found, bool) else shown
    hint = "quote it" if wanted == "text" and isinstance(found, bool | int | float) else ""
    return f"must be {wanted}, not {'' if shown and got == 'true or false' else got}{shown}".replace("  ", " "), hint


def _wrong_choice(context: Mapping[str, Any], found: Any) -> tuple[str, str]:
    text = str(context.get("tag", found))
    allowed = str(context.get("expected_tags") or context["expected"]).replace("'", "").replace(" or ", ", ")
    near = get_close_matches(text, allowed.split(", "), 1, 0.6)
    return f"{text} is not one of {allowed}", f"did you mean {near[0]}?" if near else ""


def _out_of_bounds(kind: str, context: Mapping[str, Any], found: Any) -> tuple[str, str] | None:
    bounds = {
        "greater_than_equal": ("at least", "ge"),
        "less_than_equal": ("at most", "le"),
        "string_too_long": ("at most", "max_length"),
        "string_too_short": ("at least", "min_length"),
        "too_short": ("at least", "min_length"),
        "too_long": ("at most", "max_length"),
    }
    if kind not in bounds:
        return None
    words, key = bounds[kind]
    unit = {"string": " characters", "too": " entries"}.get(kind.partition("_")[0], "")
    shown = "" if kind.startswith("too") else f"{found} is " if not unit else f"{found!r} has {len(found)} characters, "
    if unit:
        return f"{shown}needs {words} {context[key]}{unit}", ""
    return f"{found} is not allowed: {words} {context[key]}", ""
