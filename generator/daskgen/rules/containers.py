"""Rules about containers beside Dask's: their limits, init containers that never end, and the size of /dev/shm."""

from __future__ import annotations

import re
from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.kubernetes import quantity
from daskgen.parts.containers import ALWAYS, OWN_NAMES
from daskgen.paths import format_path, get
from daskgen.rules import Container, Rule, RuleContext

ENDLESS = re.compile(r"\bsleep\s+(?:inf|infinity)\b|\btail\s+-[fF]\b|\bdask[\s-](?:scheduler|worker)\b")
"""Commands that do not end by themselves."""


def check_limits(context: RuleContext) -> Iterator[Finding]:
    """Report further containers without limits: they may take what Dask in the same pod or on the node needs."""
    for container in _find_further(context):
        limits = get(container.body, ("resources", "limits")) or {}
        missing = [name for name in ("cpu", "memory") if name not in limits]
        if missing:
            message = f"container {container.body.get('name')} has no limit of {' and '.join(missing)}"
            example = ", ".join(f"{name}: {EXAMPLES[name]}" for name in missing)
            path = context.origin(container.resource, *container.path, "resources", "limits")
            yield Finding(path, "DG253", message, f"write resources: {{limits: {{{example}}}}}", "warning")


EXAMPLES = {"cpu": "100m", "memory": "128Mi"}


def check_ends(context: RuleContext) -> Iterator[Finding]:
    """Refuse init containers that never end: Dask then never starts."""
    for container in _find_further(context):
        body = container.body
        words = " ".join(str(word) for field in ("command", "args") for word in body.get(field) or ())
        found = ENDLESS.search(words)
        if container.path[-2] == "initContainers" and found and body.get("restartPolicy") != ALWAYS:
            path = context.origin(container.resource, *container.path, "command" if "command" in body else "args")
            message = f"init container {body.get('name')} runs `{found[0]}`, which does not end: the pod never starts"
            yield Finding(path, "DG255", message, f"write restartPolicy: {ALWAYS}, which makes it a sidecar")


def check_job(context: RuleContext) -> Iterator[Finding]:
    """Report containers beside a job: its pod has ended when all of them have."""
    for index, container in enumerate(context.cluster.job.containers if context.cluster.job else ()):
        message = f"the job ends when container {container['name']} has ended too"
        hint = "make it end by itself and waive DG254 with the reason, or run it elsewhere"
        yield Finding(("job", "containers", index), "DG254", message, hint, "warning")


def _find_further(context: RuleContext) -> Iterator[Container]:
    for container in context.containers:
        if container.path[-2] != "containers" or container.body.get("name") not in OWN_NAMES:
            yield container


def check_shm(context: RuleContext) -> Iterator[Finding]:
    """Refuse a /dev/shm that may take all of the memory of its container, against which it counts."""
    for path, pod in context.cluster.find_pods():
        memory = pod.requirements().get("limits", {}).get("memory")
        if pod.shm and memory and quantity.parse(pod.shm) >= quantity.parse(str(memory)):
            place = (*path, "shm")
            message = f"{format_path(place)}: {pod.shm} in /dev/shm counts against the memory limit of {memory}"
            yield Finding(place, "DG256", message, "write less, or raise memory by the same amount")


RULES: tuple[Rule, ...] = (check_limits, check_ends, check_job, check_shm)
