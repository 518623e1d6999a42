"""Copy what hardware profiles of OpenShift AI say to groups of workers.

OpenShift AI applies them to workbenches and model servers, and not to Deployments: opendatahub-io/opendatahub-operator,
api/infrastructure/v1 and internal/webhook/hardwareprofile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from daskgen.findings.problem import Problem, suggest
from daskgen.model import Items, LabelKey, LabelValue, Model, Name, ObjectName, refuse
from daskgen.parts.native import Native
from daskgen.spec.written import Written

FIELD = "fromHardwareProfile"


class Copied(Model):
    """A part of an object as the cluster has it; fields that are not needed are allowed, and ignored."""

    model_config = ConfigDict(extra="ignore")


class Kueue(Copied):
    """A queue of Kueue."""

    local_queue_name: Annotated[Name, Field(description="Name of a LocalQueue.")]
    priority_class: Annotated[str, Field(description="Name of a WorkloadPriorityClass.")] = ""

    def values(self) -> dict[str, Any]:
        """Return the fields of a group of workers."""
        priority = {"priorityClass": self.priority_class} if self.priority_class else {}
        return {"queue": {"name": self.local_queue_name, **priority}}


class Node(Copied):
    """Nodes."""

    node_selector: Annotated[dict[LabelKey, LabelValue], Field(description="Labels a node must have.")] = {}
    tolerations: Annotated[
        Items[Annotated[dict[str, Any], Native("Toleration")]], Field(description="Tolerations of the nodes' taints.")
    ] = ()

    def values(self) -> dict[str, Any]:
        """Return the fields of a group of workers."""
        found = {"nodeSelector": self.node_selector, "tolerations": list(self.tolerations)}
        return {name: value for name, value in found.items() if value}


class Scheduling(Copied):
    """Where pods with the profile run: in a queue, or on nodes."""

    type: Annotated[Literal["Queue", "Node"], Field(description="What is given: kueue or node.")]
    kueue: Annotated[Kueue | None, Field(description="Queue of Kueue.")] = None
    node: Annotated[Node | None, Field(description="Nodes.")] = None

    @model_validator(mode="after")
    def _check_type(self) -> Scheduling:
        needed = "kueue" if self.type == "Queue" else "node"
        if [name for name in ("kueue", "node") if getattr(self, name)] != [needed]:
            raise refuse(f"type {self.type} takes {needed} and nothing else", "copy the object as the cluster has it")
        return self

    def values(self) -> dict[str, Any]:
        """Return the fields of a group of workers."""
        chosen = self.kueue or self.node
        return chosen.values() if chosen else {}


class Spec(Copied):
    """What a profile gives."""

    scheduling: Annotated[Scheduling | None, Field(description="Where pods with the profile run.")] = None


class Metadata(Copied):
    """What it is called."""

    name: Annotated[ObjectName, Field(description="Name of the profile.")]


class HardwareProfile(Copied):
    """A HardwareProfile as the cluster has it: `oc get hardwareprofile NAME --output yaml`."""

    kind: Annotated[Literal["HardwareProfile"], Field(description="Kind of the object.")]
    metadata: Annotated[Metadata, Field(description="Name of the profile; the rest is ignored.")]
    spec: Annotated[Spec, Field(description="Scheduling of the profile; the rest is ignored.")]

    def values(self) -> dict[str, Any]:
        """Return the fields of a group of workers."""
        return self.spec.scheduling.values() if self.spec.scheduling else {}


def copy_profiles(
    value: dict[str, Any], profiles: Mapping[str, HardwareProfile], written: Written
) -> Iterator[Problem]:
    """Add what hardware profiles say to the groups of workers of a spec that name one; report names of none."""
    groups = value.get("workers")
    named = [
        (index, group)
        for index, group in enumerate(groups if isinstance(groups, list) else ())
        if isinstance(group, dict) and isinstance(group.get(FIELD), str)
    ]
    for index, group in named:
        name = group[FIELD]
        if name in profiles:
            value["workers"] = [*value["workers"]]
            value["workers"][index] = _copy(profiles[name].values(), group)
        else:
            at = written.at(("workers", index, FIELD))
            hint = suggest(name, [*profiles], "copy the HardwareProfile to hardwareProfiles in daskgen.yaml")
            yield Problem(at, "DG107", f"daskgen.yaml has no hardware profile {name}", hint)


def _copy(copied: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
    """Lay a group over what is copied: its own queue and labels of nodes win, and its tolerations come first."""
    both = {**copied, **group}
    if isinstance(selector := group.get("nodeSelector"), dict):
        both["nodeSelector"] = {**copied.get("nodeSelector", {}), **selector}
    if isinstance(tolerations := group.get("tolerations"), list):
        more = [each for each in copied.get("tolerations", ()) if each not in tolerations]
        both["tolerations"] = [*tolerations, *more]
    return both
