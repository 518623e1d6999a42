"""Rules about TLS between scheduler, workers and clients: manual configuration of it, and the lifetime of workers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from daskgen.findings.finding import Finding
from daskgen.parts.config import FILE
from daskgen.parts.containers import OWN_NAMES
from daskgen.paths import Path, format_path, get, walk
from daskgen.rules import Rule, RuleContext, find_variables
from daskgen.yaml.read import parse

COMM = ("distributed", "comm")
DASHBOARD = ("distributed", "scheduler", "dashboard", "tls")

SCHEME, REQUIRED, FILES = (*COMM, "default-scheme"), (*COMM, "require-encryption"), (*COMM, "tls")

PREFIX = "DASK_"

TLS_OPTIONS = ("--tls-ca-file", "--tls-cert", "--tls-key", "--scheduler-sni")

WAY_OUT = "write tls: {issuer: cert-manager} instead; or tls: {issuer: secrets}, with Secrets that you make"

KEEP = "remove it: `tls` sets it for scheduler, workers and clients alike"

SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
"""Prefixes of Dask's units of time to their seconds."""


class Spoken(NamedTuple):
    """The encryption of a cluster: the protocol of its addresses, and the configuration that `tls` sets."""

    protocol: str
    configured: Mapping[str, Any]

    @property
    def encrypts(self) -> bool:
        """Return whether the spec has `tls`."""
        return bool(self.configured)

    def report(self, path: Path, message: str) -> Finding:
        """Report what does not fit."""
        return Finding(path, *(("DG330", message, KEEP) if self.encrypts else ("DG250", message, WAY_OUT)))

    def explain(self, place: Path, value: Any) -> str:
        """Explain what is wrong with a value of Dask's configuration, which reads _ as -; "" if it is right."""
        key = tuple(str(part).replace("_", "-") for part in place)
        if key[: len(DASHBOARD)] == DASHBOARD:
            return f"{format_path(key)}: dashboards then use HTTPS, and the probes, which use HTTP, fail"
        return self._explain_contradiction(key, value) if self.encrypts else _explain_alone(key, value)

    def _explain_contradiction(self, key: Path, value: Any) -> str:
        given = get(self.configured, key)
        if given is None or str(given).lower() == str(value).lower():
            return ""
        return f"{format_path(key)}: tls sets {given}, which {value} contradicts"


def _explain_alone(key: Path, value: Any) -> str:
    title = format_path(key)
    if key == SCHEME and value != "tcp":
        return f"{title}: rendered workers connect by tcp://, and would not reach the scheduler by {value}://"
    if key == REQUIRED and str(value).lower() not in {"false", "0"}:
        return f"{title}: the scheduler then accepts only TLS, but rendered workers connect by tcp:// and never join"
    if key[: len(FILES)] == FILES:
        return f"{title}: without the field tls, the cluster uses tcp://; certificates alone encrypt nothing"
    return ""


def _find_spoken(context: RuleContext) -> Spoken:
    encryption = context.cluster.encryption
    return Spoken(context.cluster.site.protocol, encryption.configure({}) if encryption else {})


def check_configuration(context: RuleContext) -> Iterator[Finding]:
    """Refuse configuration that turns TLS on without the field `tls`, or contradicts that field."""
    spoken = _find_spoken(context)
    yield from _check_values(spoken, ("config",), context.cluster.config)
    for path in context.find_patches("ConfigMap", "dask"):
        for resource in (resource for resource in context.find_all("ConfigMap") if resource.generated):
            config = parse(str(get(resource.body, ("data", FILE))).encode(), FILE).value
            yield from (finding._replace(path=path) for finding in _check_values(spoken, (), config))


def _check_values(spoken: Spoken, path: Path, config: Any) -> Iterator[Finding]:
    for place in _list_places(spoken, config):
        value = get(config, place)
        if value not in (None, {}) and (message := spoken.explain(place, value)):
            yield spoken.report((*path, *place), message)


def _list_places(spoken: Spoken, config: Any) -> Iterator[Path]:
    yield DASHBOARD
    for key, value in (get(config, COMM) or {}).items():
        inner = [leaf for leaf, held in walk(value) if not isinstance(held, dict)] if spoken.encrypts else [()]
        yield from ((*COMM, key, *leaf) for leaf in inner)


def check_variables(context: RuleContext) -> Iterator[Finding]:
    """Refuse variables that do so."""
    spoken = _find_spoken(context)
    for path, name, value in find_variables(context):
        if not name.startswith(PREFIX):
            continue
        place = tuple(name.removeprefix(PREFIX).lower().split("__"))
        if message := spoken.explain(place, value):
            yield spoken.report(path, message)
        elif name == "DASK_SCHEDULER_ADDRESS" and path[0] == "patches" and not _begins(value, spoken):
            yield spoken.report(path, f"the scheduler listens on {spoken.protocol}://, which {value} does not use")


def _begins(value: Any, spoken: Spoken) -> bool:
    return str(value).startswith(f"{spoken.protocol}://")


def check_options(context: RuleContext) -> Iterator[Finding]:
    """Refuse options of commands that do so."""
    spoken = _find_spoken(context)
    for container in context.containers:
        if container.body.get("name") not in OWN_NAMES:
            continue
        words = [str(word) for field in ("command", "args") for word in container.body.get(field) or ()]
        for index, word in enumerate(words):
            if not word.startswith(("--tls-", "--protocol", "--scheduler-sni")):
                continue
            option, _, value = word.partition("=")
            protocol = value or (words[index + 1] if index + 1 < len(words) else "")
            if option in TLS_OPTIONS or (option == "--protocol" and not protocol.startswith(spoken.protocol)):
                place = _find_word(container.body, index)
                path = context.origin(container.resource, *container.path, *place)
                name = container.body.get("name")
                yield spoken.report(path, f"{option} makes {name} use another protocol than {spoken.protocol}://")


def _find_word(container: Mapping[str, Any], index: int) -> Path:
    commands = len(container.get("command") or ())
    return ("command", index) if index < commands else ("args", index - commands)


def check_lifetimes(context: RuleContext) -> Iterator[Finding]:
    """Refuse workers that may run longer than their certificate lasts."""
    encryption = context.cluster.encryption
    for index, group in enumerate(context.cluster.workers if encryption else ()):
        longest = _parse(group.lifetime or "0s") + _parse(group.lifetime_stagger or "0s")
        if encryption and longest >= encryption.renew_before:
            message = f"workers.{index}.lifetime: workers may run for {longest}, and their certificates may end before"
            hint = "write less than tls.renewBefore, including lifetimeStagger; or remove it"
            yield Finding(("workers", index, "lifetime"), "DG332", message, hint)


def _parse(text: str) -> timedelta:
    """Read a time as Dask writes it: 30s, 1.5h, 2 days."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = text[len(number) :].strip()
    seconds = SECONDS.get(unit) or SECONDS[unit[0]]
    return timedelta(seconds=float(number) * seconds)


RULES: tuple[Rule, ...] = (check_configuration, check_variables, check_options, check_lifetimes)
