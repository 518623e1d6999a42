"""Where pods run: which nodes, and how far apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from daskgen.kubernetes import labels
from daskgen.model import Items, LabelKey, LabelValue, Model, ObjectName
from daskgen.parts.native import Native

if TYPE_CHECKING:
    from daskgen.kubernetes.types import PodAffinityTerm, PodAntiAffinity, PodSpec, TopologySpreadConstraint

HOST = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"

MOST_SKEW = (1 << 31) - 1
"""The largest number of 32 bits, which Kubernetes keeps it in."""


class Spread(Model):
    """How evenly the pods of a group lie over a topology; always counted among the group's own pods."""

    topology_key: Annotated[LabelKey, Field(description="The node label whose values are compared.")]
    max_skew: Annotated[
        int, Field(ge=1, le=MOST_SKEW, description="How many pods more one value may have than another.")
    ] = 1
    when_unsatisfiable: Annotated[
        Literal["ScheduleAnyway", "DoNotSchedule"],
        Field(description="Whether a pod waits if it cannot be met."),
    ] = "ScheduleAnyway"

    def constraint(self, group: dict[str, str]) -> TopologySpreadConstraint:
        """The constraint among the pods labelled `group`."""
        return {
            "maxSkew": self.max_skew,
            "topologyKey": self.topology_key,
            "whenUnsatisfiable": self.when_unsatisfiable,
            "labelSelector": labels.selecting(group),
        }


class Placement(Model):
    """Which nodes may hold a pod, in Kubernetes' own words."""

    node_selector: Annotated[dict[LabelKey, LabelValue], Field(description="Labels a node must have.")] = {}
    tolerations: Annotated[
        Items[Annotated[dict[str, Any], Native("Toleration")]],
        Field(description="Taints of nodes that the pod bears, as Kubernetes writes them."),
    ] = ()
    affinity: Annotated[dict[str, Any], Native("Affinity"), Field(description="Affinity as Kubernetes writes it.")] = {}
    priority_class_name: Annotated[ObjectName | None, Field(description="Name of a PriorityClass.")] = None

    def fields(self) -> PodSpec:
        """The pod's fields that say so; none where the spec says nothing."""
        spec: PodSpec = {}  # type: ignore[typeddict-item]  # a part of one
        if self.node_selector:
            spec["nodeSelector"] = dict(self.node_selector)
        if self.tolerations:
            spec["tolerations"] = list(self.tolerations)  # type: ignore[arg-type]
        if self.affinity:
            spec["affinity"] = keep_strangers(self.affinity)
        if self.priority_class_name:
            spec["priorityClassName"] = self.priority_class_name
        return spec


def keep_strangers(value: Any) -> Any:
    """Say what a person selected so that kustomize leaves it alone: `matchLabels` become `matchExpressions`.

    It would add this cluster's instance to `matchLabels`, and the selector would then mean nobody.
    """
    if isinstance(value, list):
        return [keep_strangers(item) for item in value]
    if not isinstance(value, dict):
        return value
    found, more = value.get("matchLabels"), value.get("matchExpressions", [])
    if not isinstance(found, dict) or not isinstance(more, list):
        return {key: keep_strangers(item) for key, item in value.items()}
    kept = {key: keep_strangers(item) for key, item in value.items() if key != "matchLabels"}
    return {**kept, "matchExpressions": [*labels.selecting_others(found)["matchExpressions"], *more]}


def spread_evenly(group: dict[str, str]) -> list[TopologySpreadConstraint]:
    """Lay a group's pods over zones and hosts as evenly as may be, without making a pod wait."""
    return [Spread.model_construct(topology_key=key).constraint(group) for key in (ZONE, HOST)]


def keep_apart(group: dict[str, str], other: PodAntiAffinity) -> PodAntiAffinity:
    """Never put two pods of a group on one host, besides what `other` says; a pod without a free host waits."""
    apart: PodAffinityTerm = {"topologyKey": HOST, "labelSelector": labels.selecting(group)}
    required = other.get("requiredDuringSchedulingIgnoredDuringExecution", [])
    return {**other, "requiredDuringSchedulingIgnoredDuringExecution": [*required, apart]}
