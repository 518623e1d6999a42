"""Rules about how the fleet is delivered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from daskgen.delivery import Delivery, list_engines, name_engines
from daskgen.engine.operator import DaskOperator
from daskgen.findings.finding import Finding
from daskgen.findings.problem import Problem
from daskgen.model.patterns import DNS_LABEL
from daskgen.operator.install import INSTANCE
from daskgen.parts.delivered import Substitution
from daskgen.parts.groups import Group, Member
from daskgen.parts.handover import Handover
from daskgen.paths import Path, format_path, walk
from daskgen.rules import RuleContext
from daskgen.rules.fleet import Locate
from daskgen.words import enumerate_all

LONGEST = 63
"""Longest value of a label, in characters: engines label objects with the name of a group's object."""

Problematic = tuple[Member, str, str, str]
"""A cluster, and the code, the message and the hint about its group."""


def check_delivery(
    file: str, deliveries: Sequence[Delivery], groups: Sequence[Group], locate: Locate
) -> Iterator[Problem]:
    """Find faults of the deliveries in `file`, and of the groups that they deliver."""
    for finding in (*_check_engines(deliveries), *_check_options(deliveries, groups)):
        at = locate(file, finding.path)
        yield Problem(at, finding.code, finding.message, finding.hint, finding.severity)
    if not deliveries:
        return
    room = LONGEST - 1 - max(len(delivery.name) for delivery in deliveries)
    for member, code, message, hint in (*_find_clashes(groups), *_find_malformed(groups, room)):
        yield Problem(locate(member.file, ("delivery", "group")), code, message, hint)


def _check_engines(deliveries: Sequence[Delivery]) -> Iterator[Finding]:
    kinds = Counter(delivery.kind for delivery in deliveries)
    for index, delivery in enumerate(deliveries):
        if kinds[delivery.kind] > 1 and index:
            yield Finding(
                ("delivery", index, "kind"), "DG235", f"{delivery.kind} is listed twice", "remove one of them"
            )
        if delivery.group_by != deliveries[0].group_by:
            message = f"groupBy: {delivery.group_by}, where {deliveries[0].kind} has {deliveries[0].group_by}"
            yield Finding(("delivery", index, "groupBy"), "DG235", message, "engines share the groups: write the same")


def _check_options(deliveries: Sequence[Delivery], groups: Sequence[Group]) -> Iterator[Finding]:
    roots = {group.root for group in groups}
    for index, delivery in enumerate(deliveries):
        here = ("delivery", index)
        if delivery.holds_secret:
            message = (
                "repository: the address contains a password or token, which everyone who can read the repository sees"
            )
            yield Finding((*here, "repository"), "DG305", message, "store it in a Secret of the engine")
        for name in sorted(set(delivery.groups) - roots):
            message = f"groups.{name}: no cluster is in a group of that name"
            yield Finding(
                (*here, "groups", name), "DG234", message, f"known groups: {', '.join(sorted(roots))}", "warning"
            )
        if delivery.cascade and delivery.group_by != "cluster":
            message = "cascade: a group that becomes too large is split, which deletes all of its clusters"
            yield Finding((*here, "cascade"), "DG236", message, "remove it, or write groupBy: cluster", "warning")


def _find_clashes(groups: Sequence[Group]) -> Iterator[Problematic]:
    """Find groups with the name of a part of a split group, and clusters in the operator's group."""
    parts = {group.name: group.root for group in groups if group.name != group.root}
    for group in groups:
        strangers = [member for member in group.members if member.name != INSTANCE]
        taker = "the operator" if group.is_operator and strangers else f"a part of {parts.get(group.root)}"
        if group.root in parts or (group.is_operator and strangers):
            message = f"the name {group.root} of its group is taken by {taker}"
            yield strangers[0], "DG232", message, "rename the folder, or write delivery: {group: NAME}"


def _find_malformed(groups: Sequence[Group], room: int) -> Iterator[Problematic]:
    hint = "rename the folder, or write delivery: {group: NAME}"
    for group in groups:
        if not re.fullmatch(DNS_LABEL, group.root):
            yield (
                group.members[0],
                "DG233",
                f"{group.root} cannot be a group's name: lower-case letters, digits and '-' can",
                hint,
            )
        elif len(group.name) > room:
            yield (
                group.members[0],
                "DG233",
                f"{group.name} is too long for a group's name, by {len(group.name) - room} characters",
                hint,
            )


def check_handover(context: RuleContext) -> Iterator[Finding]:
    """Find a cluster with delivery options in a fleet without delivery."""
    if not context.deliveries and context.cluster.delivery != Handover():
        message = "delivery has no effect: no engine delivers the fleet"
        yield Finding(("delivery",), "DG234", message, "write delivery in daskgen.yaml, or remove it", "warning")


def check_update(context: RuleContext) -> Iterator[Finding]:
    """Find a cluster that is marked to be recreated, with delivery engines that do not support this."""
    cluster, delivering = context.cluster, {type(engine) for engine in context.deliveries}
    if not delivering or not cluster.delivery.enabled:
        return
    is_marked = isinstance(cluster.engine, DaskOperator) and cluster.engine.update == "recreate"
    if is_marked and not any(engine.recreate_marks() for engine in delivering):
        able, unable = (
            enumerate_all(name_engines(engine for engine in engines if bool(engine.recreate_marks()) == is_able))
            for is_able, engines in ((True, list_engines()), (False, delivering))
        )
        message = (
            f"engine.update: recreate is for {able}, and {unable} delivers the cluster: it has the effect of manual"
        )
        yield Finding(("engine", "update"), "DG241", message, "write manual or blue-green", "warning")


def check_variables(context: RuleContext) -> Iterator[Finding]:
    """Find texts that an engine would replace as variables, also in scripts and in Dask's configuration."""
    for engine in context.deliveries if context.cluster.delivery.enabled else ():
        if substitution := engine.substitution:
            for path in _find_replaced(context, substitution):
                title, option = engine.title(), substitution.option
                message = f"{format_path(path)}: {title} replaces ${{…}} in rendered files, because of {option}"
                hint = f"write {substitution.escape}, which {title} turns into ${{…}}, or remove {option}"
                yield Finding(path, "DG237", message, hint)


def _find_replaced(context: RuleContext, substitution: Substitution) -> list[Path]:
    """Find the fields of the spec that variables come from."""
    variable = re.compile(substitution.pattern)
    rendered = [
        (resource, *found)
        for resource in context.resources
        if substitution.disabled_by not in resource.body["metadata"].get("annotations", {})
        for found in _find_variables(resource.body, variable)
    ]
    written = list(_find_variables(context.written.value(), variable))
    paths = [path for path, text in written if any(text in whole for _, _, whole in rendered)]
    # A value built from several fields is traced to the part of the spec that its object comes from.
    rest = [(resource, path) for resource, path, text in rendered if not any(part in text for _, part in written)]
    return list(dict.fromkeys([*paths, *(context.origin(resource, *path) for resource, path in rest)]))


def _find_variables(value: Any, variable: re.Pattern[str]) -> Iterator[tuple[Path, str]]:
    """Find the texts in `value` that contain a variable, and their places."""
    return ((path, text) for path, text in walk(value) if isinstance(text, str) and variable.search(text))


RULES = (check_handover, check_update, check_variables)
