"""Write Kubernetes' objects as types for type checkers: `python scripts/make_types.py`.

They say what `make_schemas` says of the newest minor version. Checks beyond types are left to the schemas, and
metadata that nobody writes is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from keyword import iskeyword
from pathlib import Path

from make_schemas import Schema, build, find_minors

OUTPUT = Path(__file__).parents[1] / "generator" / "daskgen" / "kubernetes" / "types.pyi"

HEAD = '''\
"""Kubernetes' objects as plain dicts, for type checkers alone. Written by scripts/make_types.py."""

from __future__ import annotations

from typing import Literal, Required, TypedDict
'''

METADATA = ("annotations", "labels", "name", "namespace")

SIMPLE = {"boolean": "bool", "integer": "int", "string": "str"}

UNTYPED = (
    "customresourcedefinition-",
    "application-",
    "applicationset-",
    "appproject-",
    "certificate-",
    "ciliumnetworkpolicy-",
    "externalsecret-",
    "gitrepository-",
    "helmrelease-",
    "helmrepository-",
    "httproute-",
    "issuer-",
    "kustomization-",
    "ocirepository-",
    "podmonitor-",
    "prometheusrule-",
    "scaledobject-",
    "sealedsecret-",
    "securitypolicy-",
    "servicemonitor-",
    "tlsroute-",
)
"""How the files of kinds begin that need no types: it is copied, or little of much is said in one place."""

ALIASES = {"IntOrString": "int | str", "Quantity": "int | str"}
"""Definitions that are no objects."""


def make() -> str:
    """The whole module."""
    return "\n\n".join([HEAD, *(_declare(name, schema) for name, schema in sorted(_find_objects().items()))])


def main() -> None:
    """Write it."""
    OUTPUT.write_text(make(), "utf-8")


def _find_objects() -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for name, schema in build(find_minors()[-1]).items():
        if name.startswith(UNTYPED):
            continue
        found[schema["properties"]["kind"]["enum"][0]] = schema
        # The first of a name is the widest: custom resources have less of the same.
        found = {**{name: reference for name, reference in schema["$defs"].items() if name not in ALIASES}, **found}
    metadata = found["ObjectMeta"]["properties"]
    found["ObjectMeta"] = {"properties": {name: metadata[name] for name in METADATA}}
    return found


def _declare(name: str, schema: Schema) -> str:
    fields = dict(_read_fields(schema))
    if any(map(iskeyword, fields)):
        rows = "".join(f'        "{field}": "{kind}",\n' for field, kind in fields.items())
        return f'{name} = TypedDict(\n    "{name}",\n    {{\n{rows}    }},\n    total=False,\n)\n'
    rows = "".join(f"    {field}: {kind}\n" for field, kind in fields.items())
    return f"class {name}(TypedDict, total=False):\n{rows}"


def _read_fields(schema: Schema) -> Iterator[tuple[str, str]]:
    for field, value in sorted(schema.get("properties", {}).items()):
        # A Literal wants one of every string on its way there: only what tells objects apart is worth that.
        told_apart = field in ("apiVersion", "kind") and "enum" in value
        kind = f'Literal["{value["enum"][0]}"]' if told_apart else _name(value)
        yield field, f"Required[{kind}]" if field in schema.get("required", ()) else kind


def _name(schema: Schema) -> str:
    match schema:
        case {"$ref": reference}:
            name: str = reference.rpartition("/")[2]
            return ALIASES.get(name, name)
        case {"type": "array", "items": items}:
            return f"list[{_name(items)}]"
        case {"patternProperties": patterns}:
            return f"dict[str, {' | '.join(map(_name, patterns.values()))}]"
        case {"type": "object", "additionalProperties": dict() as values}:
            return f"dict[str, {_name(values)}]"
        case {"type": list() as kinds}:
            return " | ".join(SIMPLE[kind] for kind in kinds)
        case {"type": str() as kind}:
            return SIMPLE[kind]
    raise ValueError(f"no type says this: {schema}")


if __name__ == "__main__":
    main()
