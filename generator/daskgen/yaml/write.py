"""Write YAML that all readers read in the same way.

PyYAML quotes only for readers of YAML 1.1: Kubernetes and kustomize read its unquoted `y`, `08`, `0o10` and `1e3` as
booleans and numbers (yaml/pyyaml#860). The resolvers here make it quote these.

PyYAML also takes most of the time of rendering. So maps, lists and plain texts are written here, as PyYAML writes them
but eight times as fast. PyYAML writes every other scalar, and the whole of a document with unusual keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import yaml

FRAGILE = re.compile("[\r\x85\u2028\u2029]|(?:^|\n)\n\\Z")
"""Text that is safe only in double quotes: with line ends that readers turn into line feeds, or blank lines at the
end."""

PLAIN = re.compile(r"[A-Za-z/_$(][!\"$-9;-~]*(?:[ :][!\"$-9;-~]+)*")
"""Texts that PyYAML writes without quotes, unless they are `WORDS`; by far not all of them."""

WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})

DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
"""Floats that PyYAML writes as Python does: not inf, not 1e-07."""

NESTED = frozenset({dict, list, tuple})

EMPTY: Mapping[type, str] = {dict: "{}", list: "[]", tuple: "[]", type(None): "null"}
"""Types whose values are written here, of maps and lists those without elements."""

LONGEST_KEY = 128
"""Longest key in bytes; libyaml writes longer keys on a separate line."""

LINE_BREAK = re.compile(r"\n(?!\n)")


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^[yYnN]$"), list("yYnN"))
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+.0-9][0-9a-fA-FxXoO_.+-]*$"), list("-+.0123456789")
)


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if FRAGILE.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


class _UnusualKeyError(Exception):
    """A key that only PyYAML can write."""


def dump(value: Any) -> str:
    """Write one document, in block style, with keys in the given order."""
    if not value or type(value) not in NESTED:
        return dump_slowly(value)
    lines: list[str] = []
    try:
        _lay_out(value, "", "", lines)
    except _UnusualKeyError:
        return dump_slowly(value)
    return "\n".join(lines) + "\n"


def dump_all(values: Iterable[Any]) -> str:
    """Write documents with `---` between them."""
    return "---\n".join(map(dump, values))


def dump_slowly(value: Any) -> str:
    """Write a document like `dump`, but only with PyYAML: this defines the format."""
    options: dict[str, Any] = {"default_flow_style": False, "sort_keys": False, "allow_unicode": True, "width": -1}
    text: str = yaml.dump(value, Dumper=_Dumper, **options)
    return text


def dump_inline(value: Any) -> str:
    """Write a value in one line, such as `{min: 1, max: 4}`."""
    text: str = yaml.dump(value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, width=-1)
    return text.removesuffix("\n").removesuffix("\n...")


def _lay_out(value: Any, first: str, indent: str, lines: list[str]) -> None:
    """Add the lines of a map or list. `first` is put before the first of them, `indent` before all others."""
    if type(value) is not dict:
        for item in value:
            if type(item) in NESTED and item:
                _lay_out(item, first + "- ", indent + "  ", lines)
            else:
                lines.append(f"{first}- {_write_scalar(item, indent)}")
            first = indent
        return
    for key, item in value.items():
        kind = type(item)
        if kind in NESTED and item:
            lines.append(f"{first}{_write_key(key)}:")
            deeper = indent + "  " if kind is dict else indent
            _lay_out(item, deeper, deeper, lines)
        else:
            lines.append(f"{first}{_write_key(key)}: {_write_scalar(item, indent)}")
        first = indent


@lru_cache(4096)
def _write_key(key: Any) -> str:
    if type(key) is not str or not key.isprintable() or len(key.encode()) > LONGEST_KEY:
        raise _UnusualKeyError
    return _write_text(key)


def _write_scalar(value: Any, indent: str) -> str:
    """Write a scalar, or an empty map or list. Its further lines are two columns to the right of `indent`."""
    kind = type(value)
    if kind is str:
        text = _write_text(value)
    elif kind is int:
        return str(value)
    elif kind is bool:
        return "true" if value else "false"
    elif kind in EMPTY:
        return EMPTY[kind]
    elif kind is float and DECIMAL.fullmatch(text := repr(value)):
        return text
    else:
        text = _write_item(value)
    return LINE_BREAK.sub("\n" + indent, text) if "\n" in text else text


@lru_cache(4096)
def _write_text(text: str) -> str:
    return text if PLAIN.fullmatch(text) and text.lower() not in WORDS else _write_item(text)


def _write_item(value: Any) -> str:
    """Return what PyYAML writes after the dash of a list that is not indented."""
    return dump_slowly([value]).removeprefix("- ").removesuffix("\n")
