"""Writes YAML that every reader reads alike.

PyYAML's own quoting is for YAML 1.1 readers alone: Kubernetes and kustomize take its bare `y`, `08`, `0o10` and `1e3`
for booleans and numbers (yaml/pyyaml#860). The resolvers here make it quote these.

PyYAML says how each scalar is written. Maps and lists around them are laid out here, the same but four times as fast;
documents with what is not laid out here, such as texts of several lines, are PyYAML's as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import yaml


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.yaml_implicit_resolvers = {key: list(rows) for key, rows in yaml.SafeDumper.yaml_implicit_resolvers.items()}
_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^[yYnN]$"), list("yYnN"))
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+.0-9][0-9a-fA-FxXoO_.+-]*$"), list("-+.0123456789")
)


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)

LONGEST_KEY = 100
"""Bytes; PyYAML writes longer keys in another way."""


LINE_ENDS = frozenset("\n\r\x85\u2028\u2029")


class _LeftToPyYamlError(Exception):
    """The document holds something that is left to PyYAML."""


def dump(value: Any) -> str:
    """One document, in block style, keys in the order they have."""
    try:
        lines: list[str] = []
        _lay_out(value, "", "", lines)
        return "\n".join(lines) + "\n"
    except _LeftToPyYamlError:
        return dump_slowly(value)


def dump_all(values: Iterable[Any]) -> str:
    """Documents with `---` between them."""
    return "---\n".join(dump(value) for value in values)


def dump_slowly(value: Any) -> str:
    """The definition of `dump`: what PyYAML writes."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=False, sort_keys=False, allow_unicode=True, width=4096
    )
    return text


def _lay_out(value: Any, first: str, indent: str, lines: list[str]) -> None:
    """Add the lines of a non-empty map or list; `first` stands before the first of them, `indent` before the others."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            if not isinstance(key, str) or len(key) > LONGEST_KEY or not key.isascii():
                raise _LeftToPyYamlError
            head = f"{first}{_write_scalar(key)}:"
            if isinstance(item, dict | list) and item:
                lines.append(head)
                inner = indent + "  " if isinstance(item, dict) else indent
                _lay_out(item, inner, inner, lines)
            else:
                lines.append(f"{head} {_write_scalar(item) if item.__class__ is str else _write_other(item)}")
            first = indent
    elif isinstance(value, list) and value:
        for item in value:
            if isinstance(item, dict | list) and item:
                _lay_out(item, f"{first}- ", f"{indent}  ", lines)
            else:
                lines.append(f"{first}- {_write_scalar(item) if item.__class__ is str else _write_other(item)}")
            first = indent
    else:
        raise _LeftToPyYamlError


@lru_cache(20_000)
def _write_scalar(text: str) -> str:
    """How PyYAML writes a text, which it looks at character by character."""
    if not LINE_ENDS.isdisjoint(text):
        raise _LeftToPyYamlError
    return dump_slowly([text])[2:-1]


def _write_other(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if value in ({}, []):
        return "{}" if isinstance(value, dict) else "[]"
    return dump_slowly([value])[2:-1]
