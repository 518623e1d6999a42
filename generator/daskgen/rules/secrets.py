"""Rules about secrets that are written in the spec."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.paths import Path, format_path
from daskgen.rules import Rule, RuleContext, find_environments

SECRET_NAMES = re.compile(
    r"(?i)(?:^|_|-)(password|passwd|pwd|passphrase|secret|token|credentials?|(?:private|api|access|secret|account)[_-]?key)$"
)
SECRET_VALUES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bglpat-[\w-]{20,}"
    r"|\bxox[abprs]-[\w-]{10,}|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+|://[^/\s:@]+:[^/\s:@$]+@"
)
"""Private keys, keys of AWS, GitHub, GitLab and Slack, JSON web tokens, passwords in addresses."""

HARMLESS = re.compile(r"(?i)^(|true|false|\d+|/[\w./-]*|\$\(\w+\))$")
"""Values that are not secret under any name: switches, numbers, files, other variables."""


def check_literal_secrets(context: RuleContext) -> Iterator[Finding]:
    """Refuse secrets in the spec: everyone who can read the repository can read them."""
    for path, environment in find_environments(context):
        for name, value in environment.items():
            if value.value is not None and _is_secret(name, value.value):
                yield _report((*path, name), "{secret: NAME, key: KEY}")
    for path, pod in context.cluster.find_pods():
        for field, containers in (("initContainers", pod.init_containers), ("containers", pod.containers)):
            yield from _search((*path, field), list(containers))
    yield from _search(("config",), context.cluster.config)
    for index, notebook in enumerate(context.cluster.notebooks):
        yield from _search(("notebooks", index, "values"), dict(notebook.chart_values))
    for index, patch in enumerate(context.cluster.patches):
        yield from _search(("patches", index, "patch"), patch.patch)


def _is_secret(name: str, value: str) -> bool:
    named = bool(SECRET_NAMES.search(name)) and not HARMLESS.match(value)
    return named or bool(SECRET_VALUES.search(value))


def _report(path: Path, instead: str) -> Finding:
    return Finding(path, "DG305", f"{format_path(path)}: this looks like a secret", f"refer to it: {instead}")


def _search(path: Path, value: Any) -> Iterator[Finding]:
    """Find secrets in `value`, by their key or by the name of their variable."""
    if isinstance(value, str):
        if _is_secret(str(path[-1]), value):
            yield _report(path, "an environment variable from a Secret")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _search((*path, index), item)
    elif isinstance(value, dict):
        name, text = value.get("name"), value.get("value")
        if isinstance(name, str) and isinstance(text, str) and _is_secret(name, text):
            yield _report((*path, "value"), "valueFrom: {secretKeyRef: {name: NAME, key: KEY}}")
        else:
            for key, item in value.items():
                yield from _search((*path, key), item)


RULES: tuple[Rule, ...] = (check_literal_secrets,)
