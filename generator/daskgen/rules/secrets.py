"""Rules about secrets that are written in the spec."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.findings.problem import Position, Problem
from daskgen.parts.environment import Environment
from daskgen.paths import Path, format_path, walk
from daskgen.rules import Rule, RuleContext, find_environments
from daskgen.rules.fleet import Locate

SECRET_NAMES = re.compile(
    r"(?i)(?:^|_|-)(password|passwd|pwd|passphrase|secret|token|credentials?|(?:private|api|access|secret|account)[_-]?key)$"
)
SECRET_VALUES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bglpat-[\w-]{20,}"
    r"|\bgithub_pat_\w{30,}|\bAIza[\w-]{35}\b|\bhf_[A-Za-z0-9]{30,}\b|\bnpm_[A-Za-z0-9]{36}\b|\bpypi-AgE[\w-]{50,}"
    r"|\bsk-[A-Za-z0-9]\w*[\w-]{20,}|\bdapi[0-9a-f]{32}\b|\bdop_v1_[0-9a-f]{40,}|AccountKey=[\w+/]{40,}|[?&]sig=[\w%]{30,}"
    r"|\bGOCSPX-[\w-]{20,}|\bsk_live_\w{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bhvs\.[\w-]{20,}|\bdckr_pat_[\w-]{20,}"
    r"|\bglsa_\w{30,}|\bAGE-SECRET-KEY-1[0-9A-Z]{50,}|\b[Bb]earer [\w.~+/-]{20,}|\b[Bb]asic [\w+/]{16,}={0,2}(?!\S)"
    r"|hooks\.slack\.com/services/T\w+/B\w+/\w+"
    r"|\bxox[abprs]-[\w-]{10,}|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+|://[^/\s:@]+:[^/\s:@$]+@"
)
"""Private keys; keys and tokens of AWS, Azure, Google, GitHub, GitLab, Slack, Hugging Face, PyPI, npm, Databricks,
DigitalOcean, OpenAI, Stripe, SendGrid, Vault, Docker Hub, Grafana and age; JSON web tokens; logins in headers of HTTP;
passwords in addresses."""

SECRET_OPTIONS = re.compile(
    r"(?i)^--?[\w.-]*(?:password|passwd|passphrase|secret|token|(?:private|api|access)-?key)=(?!$|\$|/|file:|true$|false$|\d+$)"
)
"""Options of a command that are followed by a value, which is no file and no variable."""

SHORTEST = 12
"""The least length of a text that may hold one of them."""

HARMLESS = re.compile(r"(?i)^(|true|false|\d+|/[\w./-]*|\$\(\w+\))$")
"""Values that are not secret under any name: switches, numbers, files, other variables."""


def check_literal_secrets(context: RuleContext) -> Iterator[Finding]:
    """Refuse secrets in the spec: everyone who can read the repository can read them."""
    named = list(_find_named(context))
    yield from named
    found = {finding.path for finding in named}
    for path, text in walk(context.said):
        if isinstance(text, str) and len(text) >= SHORTEST and path not in found and holds_secret(text):
            yield _report(path, "a Secret")


def holds_secret(text: str) -> bool:
    """Return whether a text is a secret wherever it stands: in an argument, a URL, an annotation."""
    return bool(SECRET_VALUES.search(text) or SECRET_OPTIONS.match(text))


def _find_named(context: RuleContext) -> Iterator[Finding]:
    """Find the values of variables and of configuration that are secret by name or by form."""
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


def check_settings(
    file: str, value: Any, environment: Environment, locate: Locate, known: Container[Position]
) -> Iterator[Problem]:
    """Refuse secrets in the fleet's settings, except those that clusters report: at the positions `known`."""
    named = (
        ("operator", "env", name) for name, one in environment.items() if one.value and _is_secret(name, one.value)
    )
    formed = (path for path, text in walk(value) if isinstance(text, str) and holds_secret(text))
    # Addresses of repositories have a rule of their own, `rules/delivery.py`, for any user in them.
    formed = (path for path in formed if not (path[0] == "delivery" and path[-1] == "repository"))
    for path in dict.fromkeys((*named, *formed)):
        finding = _report(path, "a Secret")
        at = locate(file, path)
        if at not in known:
            yield Problem(at, finding.code, finding.message, finding.hint)


RULES: tuple[Rule, ...] = (check_literal_secrets,)
