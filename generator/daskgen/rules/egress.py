"""Rules about targets outside the Dask cluster that pods may connect to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.model import Model
from daskgen.parts.policies import Egress
from daskgen.paths import Path, format_path
from daskgen.rules import Rule, RuleContext


def find_targets(value: Any, path: Path = ()) -> Iterator[tuple[Path, Egress]]:
    """Find every target in a part of the spec, and its place."""
    if isinstance(value, Egress):
        yield path, value
    elif isinstance(value, Model):
        for name, field in type(value).model_fields.items():
            yield from find_targets(getattr(value, name), (*path, str(field.alias)))
    elif isinstance(value, tuple):
        for index, element in enumerate(value):
            yield from find_targets(element, (*path, index))


def check_names(context: RuleContext) -> Iterator[Finding]:
    """Refuse targets by name where nothing admits them."""
    if context.cluster.cni or not context.cluster.network.isolation:
        return
    for path, target in find_targets(context.cluster):
        if target.host:
            message = f"{format_path(path)}.host: NetworkPolicies know addresses and pods, but no names"
            hint = (
                "write cni: cilium if that is the network plug-in of the Kubernetes cluster, else cidr or podLabels; "
                "docs/security.md says more"
            )
            yield Finding((*path, "host"), "DG319", message, hint)


RULES: tuple[Rule, ...] = (check_names,)
