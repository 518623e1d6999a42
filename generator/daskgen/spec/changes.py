"""Define what a spec changes by hand: patches of rendered objects, and waivers of rules."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from daskgen.model import Model, Text, refuse
from daskgen.model.patterns import RULE


class Target(Model):
    """The object that a patch is for, under its short name: `worker-gpu`, not `prod-worker-gpu`."""

    kind: Annotated[Text, Field(examples=["Deployment"], description="Kind of the object, such as Deployment.")]
    name: Annotated[Text, Field(examples=["worker"], description="Short name of the object, without the cluster's.")]


def _check_patch(patch: Any) -> Any:
    operations = isinstance(patch, list) and all(isinstance(operation, dict) for operation in patch)
    if not (operations or isinstance(patch, dict)):
        raise refuse("must be a map, merged into the object, or a list of JSON 6902 operations")
    return patch


class Patch(Model):
    """A change to a rendered object that the spec has no field for."""

    target: Annotated[
        Target, Field(examples=[{"kind": "Deployment", "name": "worker"}], description="The object to change.")
    ]
    patch: Annotated[
        dict[str, Any] | list[dict[str, Any]],
        BeforeValidator(_check_patch),
        Field(
            examples=[{"spec": {"minReadySeconds": 30}}],
            description="A strategic merge patch, or a list of JSON 6902 operations.",
        ),
    ]


class Waiver(Model):
    """A rule that is waived for this cluster, and why."""

    rule: Annotated[str, Field(examples=["DG301"], pattern=RULE, description="Code of the rule, such as DG301.")]
    reason: Annotated[
        str,
        Field(
            examples=["a laboratory network without other users"],
            min_length=10,
            description="Why the rule does not apply here.",
        ),
    ]
