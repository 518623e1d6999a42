"""What holds for the whole fleet, as `daskgen.yaml` says it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from daskgen.model import KUBERNETES_VERSION, Model, Name
from daskgen.spec.cluster import API_VERSION

OLDEST_KUBERNETES, NEWEST_KUBERNETES = 31, 37
"""Minor versions of Kubernetes 1 that schemas are shipped for."""


class Fleet(Model):
    """Settings of the fleet, and values that many clusters share."""

    api_version: Annotated[Literal["daskgen/v1"], Field(description="Version of this format.")] = API_VERSION
    requires: Annotated[str, Field(description="Versions of daskgen that may render the fleet, such as >=0.1,<1.")] = ""
    kubernetes: Annotated[
        str,
        Field(
            pattern=KUBERNETES_VERSION,
            description="Version of Kubernetes that the clusters run on, such as 1.34.",
        ),
    ] = "1.34"
    defaults: Annotated[dict[str, Any], Field(description="Values for every cluster that says nothing else.")] = {}
    profiles: Annotated[
        dict[Name, dict[str, Any]], Field(description="Values for the clusters that name the profile.")
    ] = {}
