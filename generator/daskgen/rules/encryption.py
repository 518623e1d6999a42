"""Rules about TLS between scheduler, workers and clients, which daskgen does not render."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.parts.config import FILE
from daskgen.paths import Path, format_path, get
from daskgen.rules import Rule, RuleContext, find_variables
from daskgen.yaml.read import parse

COMM = ("distributed", "comm")
DASHBOARD = ("distributed", "scheduler", "dashboard", "tls")

SCHEME, REQUIRED, FILES = (*COMM, "default-scheme"), (*COMM, "require-encryption"), (*COMM, "tls")

PREFIX = "DASK_"

TLS_OPTIONS = ("--tls-ca-file", "--tls-cert", "--tls-key", "--scheduler-sni")

SPOKEN = "tcp"

WAY_OUT = (
    "take it out; leave encryption to a service mesh (port names already say the protocol) or to the network plug-in "
    "(WireGuard or IPsec between nodes)"
)


def check_configuration(context: RuleContext) -> Iterator[Finding]:
    """Refuse configuration that turns on TLS, since rendered workers and clients call tcp://."""
    yield from _check_values(("config",), context.cluster.config)
    for path in context.find_patches("ConfigMap", "dask"):
        for resource in (resource for resource in context.find_all("ConfigMap") if resource.generated):
            config = parse(str(get(resource.body, ("data", FILE))).encode(), FILE).value
            yield from (finding._replace(path=path) for finding in _check_values((), config))


def _check_values(path: Path, config: Any) -> Iterator[Finding]:
    places: list[Path] = [(*COMM, key) for key in get(config, COMM) or ()]
    for place in [*places, DASHBOARD]:
        value = get(config, place)
        if value not in (None, {}) and (message := _judge(place, value)):
            yield Finding((*path, *place), "DG250", message, WAY_OUT)


def check_variables(context: RuleContext) -> Iterator[Finding]:
    """Refuse variables that turn on TLS."""
    for path, name, value in find_variables(context):
        if not name.startswith(PREFIX):
            continue
        place = tuple(name.removeprefix(PREFIX).lower().split("__"))
        if message := _judge(place, value):
            yield Finding(path, "DG250", message, WAY_OUT)
        elif name == "DASK_SCHEDULER_ADDRESS" and path[0] == "patches" and not str(value).startswith(f"{SPOKEN}://"):
            yield Finding(
                path, "DG250", f"the scheduler listens on {SPOKEN}://, and {value} calls it otherwise", WAY_OUT
            )


def check_options(context: RuleContext) -> Iterator[Finding]:
    """Refuse options of commands that turn on TLS."""
    for container in context.containers:
        words = [str(word) for field in ("command", "args") for word in container.body.get(field) or ()]
        for index, word in enumerate(words):
            if not word.startswith(("--tls-", "--protocol", "--scheduler-sni")):
                continue
            option, _, value = word.partition("=")
            protocol = value or (words[index + 1] if index + 1 < len(words) else "")
            if option in TLS_OPTIONS or (option == "--protocol" and not protocol.startswith(SPOKEN)):
                place = _find_word(container.body, index)
                path = context.origin(container.resource, *container.path, *place)
                name = container.body.get("name")
                message = f"{option} makes {name} speak TLS, and the other processes call it by {SPOKEN}://"
                yield Finding(path, "DG250", message, WAY_OUT)


def _find_word(container: Mapping[str, Any], index: int) -> Path:
    commands = len(container.get("command") or ())
    return ("command", index) if index < commands else ("args", index - commands)


def _judge(place: Path, value: Any) -> str:
    """Say what is wrong with a value of Dask's configuration, which reads _ as -; "" if nothing is."""
    key = tuple(str(part).replace("_", "-") for part in place)
    title = format_path(key)
    if key == SCHEME and not str(value).startswith(SPOKEN):
        return f"{title}: rendered workers call the scheduler by {SPOKEN}://, and would not reach it by {value}://"
    if key == REQUIRED and str(value).lower() not in {"false", "0"}:
        return f"{title}: the scheduler then takes TLS alone; rendered workers call it by {SPOKEN}:// and never join"
    if key[: len(FILES)] == FILES:
        return f"{title}: daskgen's clusters speak {SPOKEN}, without TLS; certificates alone encrypt nothing"
    if key[: len(DASHBOARD)] == DASHBOARD:
        return f"{title}: dashboards then speak HTTPS, and the pods' probes, which ask in HTTP, fail"
    return ""


RULES: tuple[Rule, ...] = (check_configuration, check_variables, check_options)
