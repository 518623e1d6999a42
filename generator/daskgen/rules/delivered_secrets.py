"""Rules about the Secrets that a cluster brings along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.paths import Path, find_maps, format_path
from daskgen.rules import Rule, RuleContext, Template

SOURCES = (
    ("volumes", "*", "secret"),
    ("volumes", "*", "projected", "sources", "*", "secret"),
)
"""Places in a pod that mount keys of a Secret."""


def check_keys(context: RuleContext) -> Iterator[Finding]:
    """Refuse a Secret without a key that the cluster's pods use: they would not start."""
    used = sorted({pair for template in context.templates for pair in _find_used(template)})
    for index, secret in enumerate(context.cluster.secrets):
        path: Path = ("secrets", index, "data")
        for name, key in used:
            if name == secret.name and key not in secret.keys:
                message = f"{format_path(path)}: pods of the cluster use {key} of Secret {name}, which is not here"
                yield Finding(path, "DG320", message, f"add {key}")


def _find_used(template: Template) -> Iterator[tuple[str, str]]:
    """Find the Secrets and keys without which a pod does not start."""
    for source in (found for place in SOURCES for found in find_maps(template.spec, place)):
        if not source.get("optional"):
            name = str(source.get("secretName", source.get("name")))
            yield from ((name, str(item["key"])) for item in source.get("items") or ())
    for container in template.containers:
        for variable in find_maps(container.body, ("env", "*", "valueFrom", "secretKeyRef")):
            yield from _name(variable)


def _name(reference: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if not reference.get("optional"):
        yield str(reference["name"]), str(reference["key"])


RULES: tuple[Rule, ...] = (check_keys,)
