"""Rules about what the fleet's version of Kubernetes does not support yet."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.kubernetes.gates import find_dropped
from daskgen.kubernetes.kinds import find_kind
from daskgen.paths import format_path
from daskgen.rules import Rule, RuleContext


def check_gates(context: RuleContext) -> Iterator[Finding]:
    """Refuse fields of pods that the API server drops by default. Of custom resources, DG226 says what is dropped."""
    for template in context.templates:
        if find_kind(template.resource.kind).custom:
            continue
        for path, gate in find_dropped(template.spec, context.kubernetes):
            message = f"{format_path(path)}: Kubernetes {context.kubernetes} drops it silently by default"
            since = f"raise kubernetes in daskgen.yaml to 1.{gate.since} or later, " if gate.since else ""
            hint = f"leave it out, {since}or waive DG287 if the feature gate {gate.name} is on in your clusters"
            yield Finding(context.origin(template.resource, *template.path, *path), "DG287", message, hint)


RULES: tuple[Rule, ...] = (check_gates,)
