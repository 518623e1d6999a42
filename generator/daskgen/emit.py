"""Writes YAML that every reader reads alike.

PyYAML's own quoting is for YAML 1.1 readers alone: Kubernetes and kustomize take its bare `y`, `08`, `0o10` and `1e3` for
booleans and numbers (yaml/pyyaml#860). The resolvers here make it quote these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_Dumper.yaml_implicit_resolvers = {key: list(rows) for key, rows in yaml.SafeDumper.yaml_implicit_resolvers.items()}
_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^[yYnN]$"), list("yYnN"))
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+.0-9][0-9a-fA-FxXoO_.+-]*$"), list("-+.0123456789")
)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)


def dump(value: Any) -> str:
    """One document, in block style, keys in the order they have."""
    return dump_all([value])


def dump_all(values: Iterable[Any]) -> str:
    """Documents with `---` between them."""
    return "---\n".join(_dump(value) for value in values)


def _dump(value: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=False, sort_keys=False, allow_unicode=True, width=4096
    )
    return text
