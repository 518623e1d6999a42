"""Count the pods of an object: a fixed number, or the range of an autoscaler."""

from __future__ import annotations

import re
from typing import NamedTuple

from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.labels import GROUP
from daskgen.kubernetes.objects import Object
from daskgen.paths import Path, get

RANGE = "daskgen/replicas"
"""Annotation of a Deployment whose `replicas` an autoscaler sets: the least and the most, as 1-8."""


class Count(NamedTuple):
    """The least and the most pods."""

    least: int
    most: int

    @property
    def text(self) -> str:
        """Return the count in words: 4, or 1 to 8."""
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


def write_range(least: int, most: int) -> dict[str, str]:
    """Return the annotation for a range."""
    return {RANGE: f"{least}-{most}"}


def read_range(body: Object) -> Count | None:
    """Return the range of a Deployment whose number of pods an autoscaler sets; None for all other objects."""
    annotations = get(body, ("metadata", "annotations"))
    text = annotations.get(RANGE) if isinstance(annotations, dict) else None
    found = re.fullmatch(r"(\d{1,9})-(\d{1,9})", str(text))
    return Count(int(found[1]), int(found[2])) if found else None


def count_replicas(body: Object) -> Count:
    """Return the number of pods of each template of an object; Kubernetes' default is one."""
    number = get(body, find_kind(body["kind"]).replicas)
    if isinstance(number, int):
        return Count(number, number)
    return read_range(body) or Count(1, 1)


def count_pods(body: Object, place: Path) -> Count:
    """Return the number of pods of the template whose spec is at `place`, without an autoscaler of the operator."""
    counted = is_for_workers(body, place) or body["kind"] == "Deployment"
    return count_replicas(body) if counted else Count(1, 1)


def is_for_workers(body: Object, place: Path) -> bool:
    """Return whether the pod whose spec is at `place` is a worker."""
    return GROUP in (get(body, (*place[:-1], "metadata", "labels")) or {})
