"""Rules about what lets strangers in, or secrets out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.kubernetes.kinds import CONTAINER_LISTS, find_pods
from daskgen.kubernetes.objects import Object, Resource
from daskgen.paths import Path, format_path
from daskgen.rules import Subject
from daskgen.rules.fit import environments

FIXED_HOLES = ((2026, 1, 1), (2025, 9, 2), (2025, 9, 3))
"""CVE-2026-23528, cross-site scripting in the dashboard that runs code in Jupyter: fixed in the first and later, and in
the backports after it (GHSA-c336-7962-wfj2)."""

FALLBACK_HOLE = (2026, 7, 1)
"""The same in the dashboard's fallback page: dask/distributed#9328."""

REMOVED_COMMANDS = {"dask-scheduler": "dask scheduler", "dask-worker": "dask worker", "dask-ssh": "dask ssh"}
"""Gone since distributed 2026.6.0 (dask/distributed#9240)."""

EXTRA_PACKAGES = re.compile(r"EXTRA_(APT|CONDA|PIP)_PACKAGES")
"""What the official image's entrypoint installs at every start, into folders that only root can write."""

SECRET_NAMES = re.compile(
    r"(?i)(?:^|_|-)(password|passwd|pwd|passphrase|secret|token|credentials?|(?:private|api|access|secret|account)[_-]?key)$"
)
SECRET_VALUES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bglpat-[\w-]{20,}"
    r"|\bxox[abprs]-[\w-]{10,}|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+|://[^/\s:@]+:[^/\s:@$]+@"
)
"""Private keys, keys of AWS, GitHub, GitLab and Slack, JSON web tokens, passwords in addresses."""

HARMLESS = re.compile(r"(?i)^(|true|false|\d+|/[\w./-]*|\$\(\w+\))$")
"""Values that are no secret whatever their name: switches, numbers, files, other variables."""


def check_open_scheduler(subject: Subject) -> Iterator[Finding]:
    """Whoever reaches a scheduler runs any code on the workers."""
    exposure = subject.cluster.expose.scheduler
    if exposure.kind != "none":
        message = "expose.scheduler: without TLS, whoever reaches the scheduler can run any code on the workers"
        hint = "leave it out and connect from inside, or waive DG301 with the reason why that is safe here"
        yield Finding(("expose", "scheduler"), "DG301", message, hint)


def check_isolation(subject: Subject) -> Iterator[Finding]:
    """Without policies every pod of every namespace reaches the scheduler."""
    if not subject.cluster.network.isolation:
        message = "network.isolation: without policies, every pod of every namespace can run any code on the workers"
        hint = "name the clients instead, or waive DG309 with the reason why that is safe here"
        yield Finding(("network", "isolation"), "DG309", message, hint)


def check_plain_dashboard(subject: Subject) -> Iterator[Finding]:
    """A dashboard shows code and data to whoever listens."""
    dashboard = subject.cluster.expose.dashboard
    if dashboard.plain_host:
        message = f"expose.dashboard: {dashboard.plain_host} is served without TLS"
        hint = "set tls.secret or tls.issuer; the secret may be another Ingress's of this namespace"
        yield Finding(("expose", "dashboard"), "DG311", message, hint, "warning")


def check_pinned_image(subject: Subject) -> Iterator[Finding]:
    """A name that means another image tomorrow is not what was reviewed."""
    image = subject.cluster.image
    if image.digest:
        return
    if not image.tag:
        yield Finding(("image",), "DG302", f"image: {image.name} has no tag", "add a tag that names a version")
    elif image.moves:
        message = f"image: the tag {image.tag} means another image tomorrow"
        yield Finding(("image",), "DG302", message, "name a version, such as 2026.8.0-py3.12, or a digest")


def check_dask_version(subject: Subject) -> Iterator[Finding]:
    """Versions with known holes are not rendered."""
    version = subject.cluster.image.dask_version
    if version is None:
        return
    shown = ".".join(str(part) for part in version)
    if version < FIXED_HOLES[0] and version not in FIXED_HOLES:
        message = f"image: dask {shown} has a known hole, CVE-2026-23528 (code runs in the browser's Jupyter)"
        yield Finding(("image",), "DG303", message, "take 2026.7.1 or later")
    elif version < FALLBACK_HOLE:
        message = f"image: dask {shown} has a known hole in the dashboard's fallback page (dask/distributed#9328)"
        yield Finding(("image",), "DG304", message, "take 2026.7.1 or later", "warning")


def check_literal_secrets(subject: Subject) -> Iterator[Finding]:
    """What stands in Git is known to everybody who can read it."""
    cluster = subject.cluster
    for path, environment in environments(subject):
        for name, value in environment.items():
            if value.value is not None and _is_secret(name, value.value):
                yield _report_secret((*path, name), "{secret: NAME, key: KEY}")
    yield from _search(("config",), cluster.config)
    for index, patch in enumerate(cluster.patches):
        yield from _search(("patches", index, "patch"), patch.patch)


def _is_secret(name: str, value: str) -> bool:
    named = bool(SECRET_NAMES.search(name)) and not HARMLESS.match(value)
    return named or bool(SECRET_VALUES.search(value))


def _report_secret(path: Path, instead: str) -> Finding:
    return Finding(path, "DG305", f"{format_path(path)}: this looks like a secret", f"refer to it: {instead}")


def _search(path: Path, value: Any) -> Iterator[Finding]:
    """Find secrets in `value`, by the name they stand under or that a variable beside them has."""
    if isinstance(value, str):
        if _is_secret(str(path[-1]), value):
            yield _report_secret(path, "an environment variable from a Secret")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _search((*path, index), item)
    elif isinstance(value, dict):
        name, text = value.get("name"), value.get("value")
        if isinstance(name, str) and isinstance(text, str) and _is_secret(name, text):
            yield _report_secret((*path, "value"), "valueFrom: {secretKeyRef: {name: NAME, key: KEY}}")
        else:
            for key, item in value.items():
                yield from _search((*path, key), item)


def check_commands(subject: Subject) -> Iterator[Finding]:
    """Patches may change commands; some must not be there."""
    for resource, path, container in find_containers(subject):
        for field in ("command", "args"):
            for index, word in _list(container, field):
                for code, message, hint in _judge_word(str(word)):
                    yield Finding(subject.origin(resource, *path, field, index), code, message, hint)


def _judge_word(word: str) -> Iterator[tuple[str, str, str]]:
    name = word.rpartition("/")[2]
    if name in REMOVED_COMMANDS:
        message = f"{name} does not exist any more, since dask 2026.6.0"
        yield "DG306", message, f"write {REMOVED_COMMANDS[name]}"
    if word.partition("=")[0] == "--jupyter":
        yield "DG308", "--jupyter gives a shell to whoever reaches the dashboard", "leave it out"


def _list(holder: Object, field: str) -> Iterator[tuple[int, Any]]:
    yield from enumerate(holder.get(field) or [])


def check_extra_packages(subject: Subject) -> Iterator[Finding]:
    """Packages cannot be installed at the start of a pod that may not write."""
    for path, environment in environments(subject):
        for name in environment:
            if EXTRA_PACKAGES.fullmatch(name):
                message = f"{name} needs root, a writable file system and the internet at every start"
                yield Finding((*path, name), "DG307", message, "build an image that holds the packages")


def check_hardening(subject: Subject) -> Iterator[Finding]:
    """Patches may loosen a pod; Pod Security `restricted` then refuses it."""
    for resource in subject.resources:
        for pod, spec in find_pods(resource.body):
            for path, what in _find_loosened(spec):
                message = f"{what} is refused by Pod Security restricted"
                yield Finding(subject.origin(resource, *pod, *path), "DG310", message, "take it out of the patch")


def _find_loosened(spec: Object) -> Iterator[tuple[Path, str]]:
    """Where in a pod is what Pod Security `restricted` refuses, among what patches usually try; and what it is."""
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield (field,), field
    for index, volume in _list(spec, "volumes"):
        for source in sorted({"hostPath", "nfs"}.intersection(volume)):
            yield ("volumes", index, source), f"a volume of type {source}"
    for field in CONTAINER_LISTS:
        for index, container in _list(spec, field):
            context = container.get("securityContext") or {}
            if context.get("privileged") or context.get("allowPrivilegeEscalation") is not False:
                name = container.get("name")
                yield (field, index, "securityContext"), f"container {name}, which may gain privileges,"


def find_containers(subject: Subject) -> Iterator[tuple[Resource, Path, Object]]:
    """Every container: its object, where in it, and itself."""
    for resource in subject.resources:
        for pod, spec in find_pods(resource.body):
            for field in CONTAINER_LISTS:
                for index, container in _list(spec, field):
                    yield resource, (*pod, field, index), container


RULES = (
    check_open_scheduler,
    check_isolation,
    check_plain_dashboard,
    check_pinned_image,
    check_dask_version,
    check_literal_secrets,
    check_commands,
    check_extra_packages,
    check_hardening,
)
