"""Rules about queues of Kueue."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.kubernetes.labels import QUEUE
from daskgen.rules import Rule, RuleContext
from daskgen.rules.wiring import WORKER, has_container


def check_queues(context: RuleContext) -> Iterator[Finding]:
    """Refuse a queue for other pods than workers: admitted workers would hold quota while they wait for them."""
    for template in context.templates:
        queue = template.labels.get(QUEUE)
        if queue and not has_container(template, WORKER):
            path = context.origin(template.resource, *template.path[:-1], "metadata", "labels", QUEUE)
            if QUEUE in context.cluster.labels and path[0] != "patches":
                path = ("labels", QUEUE)
            message = f"{' '.join(template.resource.key)} waits in the queue {queue}, and the workers wait for it"
            yield Finding(path, "DG277", message, "write queue in the groups of workers, and remove the label here")


RULES: tuple[Rule, ...] = (check_queues,)
