"""Place pods on nodes: which nodes, and how they are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from daskgen.kubernetes import labels
from daskgen.model import Items, LabelKey, LabelValue, Model, ObjectName, refuse_parts
from daskgen.parts.native import Native
from daskgen.parts.places import Copied

if TYPE_CHECKING:
    from daskgen.kubernetes.types import PodAffinityTerm, PodAntiAffinity, TopologySpreadConstraint

HOST = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"

MOST_SKEW = (1 << 31) - 1
"""The largest value of Kubernetes' field, which has 32 bits."""


class Spread(Model):
    """A constraint that spreads the pods of a group over a topology; only the group's own pods are counted."""

    topology_key: Annotated[
        LabelKey,
        Field(examples=["topology.kubernetes.io/zone"], description="The node label whose values are compared."),
    ]
    max_skew: Annotated[
        int, Field(ge=1, le=MOST_SKEW, description="Largest difference between the numbers of pods.")
    ] = 1
    when_unsatisfiable: Annotated[
        Literal["ScheduleAnyway", "DoNotSchedule"],
        Field(description="DoNotSchedule: a pod waits if the constraint cannot be met. ScheduleAnyway: it does not."),
    ] = "ScheduleAnyway"

    def constraint(self, group: dict[str, str]) -> TopologySpreadConstraint:
        """Build the constraint for the pods labelled `group`."""
        return {
            "maxSkew": self.max_skew,
            "topologyKey": self.topology_key,
            "whenUnsatisfiable": self.when_unsatisfiable,
            "labelSelector": labels.selecting(group),
        }


def check_constraints(constraints: tuple[Spread, ...]) -> tuple[Spread, ...]:
    """Refuse two constraints with the same merge key."""
    known = [(constraint.topology_key, constraint.when_unsatisfiable) for constraint in constraints]
    repeated = [index for index, key in enumerate(known) if key in known[:index]]
    if repeated:
        message = "repeats topologyKey and whenUnsatisfiable of another"
        raise refuse_parts(((index, "topologyKey"), message, "keep one of the two", False) for index in repeated)
    return constraints


def use_match_expressions(value: Any) -> Any:
    """Turn `matchLabels` into `matchExpressions`, which kustomize does not change.

    It adds this cluster's instance label to `matchLabels`; a selector of other pods would then match none.
    """
    if isinstance(value, list):
        return [use_match_expressions(item) for item in value]
    if not isinstance(value, dict):
        return value
    found, more = value.get("matchLabels"), value.get("matchExpressions", [])
    if not isinstance(found, dict) or not isinstance(more, list):
        return {key: use_match_expressions(item) for key, item in value.items()}
    kept = {key: use_match_expressions(item) for key, item in value.items() if key != "matchLabels"}
    return {**kept, "matchExpressions": [*labels.selecting_others(found)["matchExpressions"], *more]}


EVENLY = tuple(Spread.model_construct(topology_key=key) for key in (ZONE, HOST))


class Placement(Model):
    """The nodes that a pod may run on, in Kubernetes' own fields."""

    node_selector: Annotated[dict[LabelKey, LabelValue], Copied(), Field(description="Labels a node must have.")] = {}
    tolerations: Annotated[
        Items[Annotated[dict[str, Any], Native("Toleration")]],
        Copied(),
        Field(description="Tolerations, in the format of Kubernetes."),
    ] = ()
    affinity: Annotated[
        dict[str, Any],
        Native("Affinity"),
        Copied(use_match_expressions),
        Field(description="Affinity, in the format of Kubernetes."),
    ] = {}
    priority_class_name: Annotated[ObjectName | None, Copied(), Field(description="Name of a PriorityClass.")] = None
    scheduler_name: Annotated[
        ObjectName | None, Copied(), Field(description="Name of the Kubernetes scheduler that places the pod.")
    ] = None


def spread_evenly(group: dict[str, str]) -> list[TopologySpreadConstraint]:
    """Spread a group's pods evenly over zones and hosts, as far as no pod has to wait."""
    return [spread.constraint(group) for spread in EVENLY]


def keep_apart(group: dict[str, str], other: PodAntiAffinity) -> PodAntiAffinity:
    """Keep the pods of a group on different hosts, in addition to `other`; a pod without a free host waits."""
    apart: PodAffinityTerm = {"topologyKey": HOST, "labelSelector": labels.selecting(group)}
    required = other.get("requiredDuringSchedulingIgnoredDuringExecution", [])
    return {**other, "requiredDuringSchedulingIgnoredDuringExecution": [*required, apart]}
