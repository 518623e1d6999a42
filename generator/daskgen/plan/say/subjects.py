"""The names of what effects happen to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from daskgen.plan.effect import Scope, Subject

NAMES: Mapping[Scope, str] = {
    Scope.CLUSTER: "the cluster",
    Scope.OPERATOR: "the operator",
    Scope.DELIVERY: "delivery by",
    Scope.HANDOVER: "its delivery",
    Scope.DEFINITIONS: "the definitions of its resources",
    Scope.SCHEDULER: "scheduler",
    Scope.WORKERS: "workers",
    Scope.CONFIGURATION: "configuration",
    Scope.METADATA: "labels and annotations",
    Scope.GROUP: "groups",
    Scope.OBJECT: "",
}

NAMED = 3
"""Objects that are named of those to which the same happens."""


def name_subject(subject: Subject) -> str:
    """Name one thing, with the place where it is if that is not the plan's own."""
    words = [NAMES[subject.scope], subject.kind, subject.name]
    words += [f"in namespace {subject.namespace}"] if subject.namespace else []
    words += [f"on {subject.place}"] if subject.place else []
    return " ".join(filter(None, words))


def name_subjects(subjects: Sequence[Subject]) -> str:
    """Name several things, and count those that are left out."""
    names = [name_subject(subject) for subject in subjects]
    hidden = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {hidden} more objects" if hidden > 0 else "")
