"""Define the settings of the whole fleet, `daskgen.yaml`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from daskgen.auth import Authentication
from daskgen.delivery import DELIVERIES, Delivery
from daskgen.model import Items, Listed, Model, Name, refuse
from daskgen.model.patterns import KUBERNETES_VERSION
from daskgen.operator.install import Operator
from daskgen.spec.cluster import API_VERSION
from daskgen.spec.hardware import HardwareProfile
from daskgen.spec.policy import Policy
from daskgen.spec.prices import Prices

OLDEST_KUBERNETES, NEWEST_KUBERNETES = 31, 37
"""Minor versions of Kubernetes 1 whose schemas daskgen contains."""


def _check_range(requires: str) -> str:
    if fits(requires, "0") is None:
        raise refuse(f"{requires} is not a range of versions", "write it like >=0.1,<1")
    return requires


def fits(requires: str, version: str) -> bool | None:
    """Return whether `requires` includes a version; None if it is not a range of versions."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - slow to load, and rarely needed

    try:
        return SpecifierSet(requires).contains(version, prereleases=True)
    except InvalidSpecifier:
        return None


def _check_kubernetes(version: str) -> str:
    if not OLDEST_KUBERNETES <= int(version.partition(".")[2]) <= NEWEST_KUBERNETES:
        hint = f"use 1.{OLDEST_KUBERNETES} to 1.{NEWEST_KUBERNETES}"
        raise refuse(f"version {version} is not supported", hint)
    return version


class OpenShift(Model):
    """Facts about the OpenShift that the clusters run on."""

    authentication: Annotated[
        Authentication,
        Field(
            description="How people log in to it: spec.type of authentication.config.openshift.io/cluster. "
            "With OIDC, it has no OAuth server."
        ),
    ] = "IntegratedOAuth"
    connection_type: Annotated[
        Name | None,
        Field(
            examples=["redhat-ods-applications"],
            description="Namespace of OpenShift AI's own applications. The type of the connections that notebooks of "
            "kind rhods render is written for it, to overlays/gitops/openshift-ai, which an administrator applies.",
        ),
    ] = None


class Fleet(Model):
    """Settings of the fleet, and values that many clusters share."""

    api_version: Annotated[Literal["daskgen/v1"], Field(description="Version of this format.")] = API_VERSION
    requires: Annotated[
        str,
        Field(description="Versions of daskgen that may render the fleet, such as >=0.1,<1."),
        AfterValidator(_check_range),
    ] = ""
    kubernetes: Annotated[
        str,
        Field(
            pattern=KUBERNETES_VERSION,
            description="Version of Kubernetes that the clusters run on, such as 1.34.",
        ),
        AfterValidator(_check_kubernetes),
    ] = "1.34"
    openshift: Annotated[OpenShift, Field(default_factory=OpenShift, description="Facts about OpenShift.")]
    operator: Annotated[
        Operator, Field(default_factory=Operator, description="Installation of the dask-kubernetes operator.")
    ]
    delivery: Annotated[
        Items[Annotated[Delivery, DELIVERIES]],
        Listed(),
        Field(
            description="Engines that deliver the fleet from Git to Kubernetes; two while moving from one to the other."
        ),
    ] = ()
    defaults: Annotated[
        dict[str, Any], Field(description="Values for all clusters, which a profile or a cluster can override.")
    ] = {}
    hardware_profiles: Annotated[
        Items[HardwareProfile],
        Field(
            description="HardwareProfiles of OpenShift AI as the cluster has them, whose nodes or queue groups of "
            "workers take by fromHardwareProfile."
        ),
    ] = ()
    policy: Annotated[
        Policy, Field(default_factory=Policy, description="Limits that every cluster of the fleet has to keep.")
    ]
    prices: Annotated[
        Prices | None, Field(description="What requests cost, for plans to say what an edit costs a month.")
    ] = None
    removed: Annotated[
        Items[Name],
        Field(description="Names of clusters that are deleted on purpose; dask-operator for the operator."),
    ] = ()
    profiles: Annotated[
        dict[Name, dict[str, Any]], Field(description="Profiles: values for the clusters that name them.")
    ] = {}
