"""Makes `daskgen/kubernetes/types.pyi`: the objects that are rendered, as TypedDicts that mypy checks builders against.

Taken from the newest Kubernetes in the package kubernetes-validate, as `make_schemas.py` does. Fields that only servers
write are left out. Usage: `python scripts/make_types.py [FILE]`.
"""

from __future__ import annotations

import json
import keyword
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from make_schemas import KINDS, PACKAGED, find_minors, find_references, strip

TARGET = Path(__file__).parent.parent / "generator/daskgen/kubernetes/types.pyi"

META = ("name", "namespace", "labels", "annotations")
SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
KNOWN = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "int | str",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int | str",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "str",
}
HEADER = '''"""Kubernetes objects as TypedDicts, made by scripts/make_types.py. For type checkers only."""

from __future__ import annotations

from typing import Any, Literal, Required, TypedDict
'''


def main(target: Path) -> None:
    """Write the module."""
    target.write_text(make_types(), encoding="utf-8")


def make_types() -> str:
    """The module's text."""
    source = PACKAGED / f"v1.{find_minors()[-1]}.0-local-strict"
    definitions = json.loads((source / "_definitions.json").read_text("utf-8"))["$defs"]
    names = dict(sorted((name.rpartition(".")[2], name) for name in find_needed(definitions)))
    classes = [write_class(short, strip(definitions[full])) for short, full in names.items()]
    return HEADER + "\n\n" + "\n\n\n".join(classes) + "\n"


def find_needed(definitions: dict[str, Any]) -> Iterator[str]:
    """Definitions that rendered objects are made of, each once."""
    groups = {group: group.partition(".")[0] or "core" for group, _ in KINDS.values()}
    waiting = [f"io.k8s.api.{groups[group]}.{version}.{kind}" for kind, (group, version) in KINDS.items()]
    seen = set(KNOWN)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        waiting += find_references(list(choose_fields(name.rpartition(".")[2], strip(definitions[name])).values()))


def choose_fields(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The fields of a definition that people write."""
    fields: dict[str, Any] = schema.get("properties", {})
    if name == "ObjectMeta":
        return {field: fields[field] for field in META}
    return {field: value for field, value in fields.items() if field != "status"}


def write_class(name: str, schema: dict[str, Any]) -> str:
    """A TypedDict, in the one of two forms that its keys allow."""
    required = {*schema.get("required", ()), *(("apiVersion", "kind", "metadata") if name in KINDS else ())}
    rows = {}
    for field, value in choose_fields(name, schema).items():
        hint = write_constant(name, field) or write_hint(value)
        rows[field] = f"Required[{hint}]" if field in required else hint
    if any(keyword.iskeyword(field) or not field.isidentifier() for field in rows):
        inner = "".join(f'        "{field}": "{hint}",\n' for field, hint in rows.items())
        return f'{name} = TypedDict(\n    "{name}",\n    {{\n{inner}    }},\n    total=False,\n)'
    body = "".join(f"\n    {field}: {hint}" for field, hint in rows.items()) or "\n    pass"
    return f"class {name}(TypedDict, total=False):{body}"


def write_constant(name: str, field: str) -> str:
    """The one value that a kind allows for its apiVersion and kind."""
    if name not in KINDS or field not in {"apiVersion", "kind"}:
        return ""
    group, version = KINDS[name]
    value = name if field == "kind" else (f"{group}/{version}" if group else version)
    return f'Literal["{value}"]'


def write_hint(schema: dict[str, Any]) -> str:
    """The type of a field."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return str(KNOWN.get(name, name.rpartition(".")[2]))
    types = schema.get("type", "object")
    kind = next(it for it in ([types] if isinstance(types, str) else types) if it != "null")
    if kind == "array":
        return f"list[{write_hint(schema.get('items', {}))}]"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"dict[str, {write_hint(inner) if isinstance(inner, dict) else 'Any'}]"
    return SIMPLE[kind]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
