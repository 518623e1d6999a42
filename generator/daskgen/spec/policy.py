"""Define the limits of a platform team: `policy` in daskgen.yaml. `rules/policy.py` checks them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from daskgen.model import Items, LabelKey, Model, Quantity, Text, refuse

Count = Annotated[int, Field(ge=0)]


class Amounts(Model):
    """The most that pods may request together, with autoscalers at their maximum."""

    cpu: Annotated[Quantity | None, Field(description="Cores.")] = None
    memory: Annotated[Quantity | None, Field(description="Memory.")] = None
    gpu: Annotated[Count | None, Field(description="GPUs, and slices of GPUs.")] = None
    workers: Annotated[Count | None, Field(description="Pods of workers.")] = None


class Team(Amounts):
    """The most that the clusters of a team may request together."""

    label: Annotated[LabelKey, Field(examples=["team"], description="Label of clusters whose value names their team.")]


def _check_host(host: str) -> str:
    if "*" in host.removeprefix("*."):
        raise refuse(f"{host} has a * that does not stand for the first part", "write *.example.com, or a whole name")
    return host


class Policy(Model):
    """Limits of the fleet that every cluster has to keep; empty lists and missing amounts limit nothing."""

    registries: Annotated[
        Items[Text],
        Field(description="Registries, or folders in them, that images may come from, such as ghcr.io/dask."),
    ] = ()
    hosts: Annotated[
        Items[Annotated[Text, AfterValidator(_check_host)]],
        Field(description="Host names for exposures; *.example.com is every name below example.com."),
    ] = ()
    namespaces: Annotated[
        Items[Text], Field(description="Namespaces that clusters may be in; team-* is every name that begins so.")
    ] = ()
    required_labels: Annotated[
        Items[LabelKey], Field(description="Labels that every cluster must have in its `labels`.")
    ] = ()
    max_per_cluster: Annotated[
        Amounts, Field(default_factory=Amounts, description="The most that a cluster may request.")
    ]
    max_per_team: Annotated[
        Team | None, Field(description="The most that the clusters of a team may request together.")
    ] = None
