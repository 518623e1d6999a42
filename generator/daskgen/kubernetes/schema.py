"""Validate objects by the JSON schemas that come with daskgen, in this process. `check` runs kubeconform as well.

The validator is jsonschema-rs. It is imported at first use: only fields in the format of Kubernetes need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from daskgen.findings.problem import suggest
from daskgen.kubernetes.objects import Object
from daskgen.paths import Path, get
from daskgen.words import show_found

if TYPE_CHECKING:
    import jsonschema_rs

SCHEMAS = files("daskgen") / "data" / "schemas"

DIALECT = "https://json-schema.org/draft/2020-12/schema"

NOUNS = {
    "array": "a list",
    "object": "a map",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
}
"""Type of JSON to its name in messages."""

BOUNDS: Mapping[str, str] = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must be a list with a length of at least {}",
    "maxItems": "must be a list with a length of at most {}",
    "minProperties": "must have at least {} of its fields",
    "maxProperties": "must have at most {} of its fields",
}
"""Keyword of a schema to the wording of its limit."""


class Fault(NamedTuple):
    """A fault in an object: its path, the message, and what to do."""

    path: Path
    message: str
    hint: str = ""
    key: bool = False
    """True if the key at `path` is wrong, and not its value."""

    def format(self, name: str) -> str:
        """Write the message about the object `name`."""
        return f"{name}: {'.'.join(map(str, self.path))}{' ' if self.path else ''}{self.message}"


@cache
def find_minors() -> list[str]:
    """Return the minor versions of Kubernetes that have schemas, oldest first."""
    names = (folder.name for folder in SCHEMAS.iterdir() if folder.is_dir())
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def find_faults(body: Object, minor: str) -> list[Fault]:
    """Find everything in `body` that the schema of its kind in Kubernetes `minor`, such as "1.34", refuses."""
    group, _, version = body["apiVersion"].rpartition("/")
    suffix = f"-{group.partition('.')[0]}" if group else ""
    return _find_faults(body, f"{body['kind'].lower()}{suffix}-{version}", "", minor)


PODS = "deployment-apps-v1"
"""The schema that has the definitions of all parts of pods."""


def find_faults_in_part(value: Any, definition: str, kind: str = PODS, minor: str = "") -> list[Fault]:
    """Find everything in a part of an object that the schema of `definition`, such as Affinity, refuses.

    The schema is that of Kubernetes `minor`, or the newest one.
    """
    return _find_faults(value, kind, definition, minor or find_minors()[-1])


def _find_faults(value: Any, kind: str, definition: str, minor: str) -> list[Fault]:
    """Find the faults, and add to each whether a later version of Kubernetes accepts the value."""
    faults = _apply(value, kind, definition, minor)
    since: dict[Path, str] = {}
    for newer in reversed(find_minors()[find_minors().index(minor) + 1 :]) if faults else ():
        refused = {fault.path for fault in _apply(value, kind, definition, newer)}
        taken = [fault.path for fault in faults if fault.path not in refused]
        if not taken:
            break
        since |= dict.fromkeys(taken, newer)
    return [_mention(fault, minor, since[fault.path]) if fault.path in since else fault for fault in faults]


def _mention(fault: Fault, minor: str, newer: str) -> Fault:
    known = f"Kubernetes {newer} and later accept it, but this fleet is for {minor}"
    return fault._replace(hint=f"{known}: leave it out, or raise kubernetes in daskgen.yaml")


def _apply(value: Any, kind: str, definition: str, minor: str) -> list[Fault]:
    validator, schema = _compile(f"{minor}/{kind}.json", definition)
    found = (fault for error in validator.iter_errors(value) for fault in _describe(error, schema))
    return sorted(set(found), key=lambda fault: [str(part) for part in fault.path])


@cache
def _compile(file: str, definition: str) -> tuple[jsonschema_rs.Validator, Mapping[str, Any]]:
    import jsonschema_rs  # noqa: PLC0415 - takes 40 ms, and is needed where something is written freely

    schema: dict[str, Any] = json.loads((SCHEMAS / file).read_text("utf-8"))
    if definition:
        schema = {"$schema": DIALECT, "$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]}
    return jsonschema_rs.Draft202012Validator(schema), schema


def _describe(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> Iterator[Fault]:
    path, limit = tuple(error.instance_path), error.kind.value
    node = get(schema, tuple(error.schema_path)[:-1]) or {}
    advice = node.get("description", "")
    if error.kind.name == "additionalProperties":
        known = node.get("properties", {})
        for name in limit:
            hint = suggest(name, known, advice or f"known fields: {', '.join(sorted(known))}")
            yield Fault((*path, name), "is not a field" if known else "is not a valid key", hint, key=True)
    elif error.kind.name == "required":
        yield Fault((*path, limit), "is missing", advice)
    else:
        message, hint = _explain(error.kind.name, limit, error.instance)
        # The description says how to write text; a number has to be quoted first.
        yield Fault(path, message, hint if hint == "quote it" else advice or hint)


def _explain(keyword: str, limit: Any, found: Any) -> tuple[str, str]:
    """Return what is wrong with a value, and what to do."""
    if keyword == "type":
        types = [limit] if isinstance(limit, str) else limit
        wanted = " or ".join(NOUNS.get(name, name) for name in types)
        hint = "quote it" if wanted == "text" and isinstance(found, bool | int | float) else ""
        return f"must be {wanted}, not {show_found(found)}", hint
    if keyword == "enum":
        allowed = [str(value) for value in limit if value != ""]
        return f"must not be {show_found(found)}", suggest(str(found), allowed, f"write one of: {', '.join(allowed)}")
    if keyword == "pattern":
        return f"must not be {show_found(found)}", f"write what {limit} matches"
    if keyword in BOUNDS:
        counted = found if keyword in {"minimum", "maximum"} else len(found)
        return f"{BOUNDS[keyword].format(limit)}, not {counted}", ""
    return "is not allowed here", ""
