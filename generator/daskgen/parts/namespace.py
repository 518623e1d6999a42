"""Build the namespace of a cluster, which may be a project of OpenShift AI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field, model_validator

from daskgen.kubernetes.labels import KEPT
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.kubernetes.pod_security import ENFORCE, Level
from daskgen.model import Annotations, FromText, Items, Labels, Model, Name, refuse
from daskgen.parts.quota import LimitRangeItem, Quota, build_limit_range, build_quota
from daskgen.parts.storage import SHORTEST as SHORTEST_REASON

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Namespace as NamespaceObject

REPORTED = ("pod-security.kubernetes.io/audit", "pod-security.kubernetes.io/warn")
"""https://kubernetes.io/docs/concepts/security/pod-security-admission/"""

WORKBENCH = {"opendatahub.io/workbenches": "true"}
"""Label that the notebook controller of OpenShift AI sets on the pod of every workbench."""


class Rhods(Model):
    """A data science project of Red Hat OpenShift AI ("RHODS"): a namespace that its dashboard shows."""

    display_name: Annotated[str, Field(description="Name of the project in the dashboard.")] = ""
    description: Annotated[str, Field(description="Description of the project in the dashboard.")] = ""

    def annotations(self) -> dict[str, str]:
        """Return the annotations that OpenShift's console shows."""
        texts = {"openshift.io/display-name": self.display_name, "openshift.io/description": self.description}
        return {key: text for key, text in texts.items() if text}


class PodSecurity(Model):
    """The level of Pod Security that the namespace enforces."""

    level: Annotated[Level, Field(examples=["baseline"], description="Level that the namespace enforces.")]
    reason: Annotated[str, Field(description="Why a level below restricted is needed.")] = ""

    @model_validator(mode="after")
    def _check_reason(self) -> PodSecurity:
        if self.level != "restricted" and len(self.reason) < SHORTEST_REASON:
            hint = f"write {{level: {self.level}, reason: ...}}, with {SHORTEST_REASON} characters or more"
            raise refuse(f"a namespace that enforces {self.level} needs a reason", hint)
        return self


class NamespaceFacts(NamedTuple):
    """The facts that the namespace depends on besides its own options."""

    level: Level = "restricted"
    """The highest level of Pod Security that admits the cluster's volumes."""
    keeps: bool = False
    """True if objects in it are kept when the cluster is deleted, so that the namespace must be kept, too."""


DEFAULT_FACTS = NamespaceFacts()


class Namespace(Model):
    """The namespace of a cluster's objects."""

    name: Annotated[Name, Field(examples=["analytics"], description="Name of the namespace.")]
    create: Annotated[bool, Field(description="Render the namespace itself.")] = False
    labels: Annotated[Labels, Field(description="Labels of the namespace.")] = {}
    annotations: Annotated[Annotations, Field(description="Annotations of the namespace.")] = {}
    rhods: Annotated[Rhods | None, Field(description="Make it a data science project of OpenShift AI.")] = None

    pod_security: Annotated[
        PodSecurity | None,
        FromText(lambda level: {"level": level}),
        Field(description="Level of Pod Security; by default the highest that admits the cluster's volumes."),
    ] = None
    quota: Annotated[
        Quota,
        Field(description="A ResourceQuota: resources, such as requests.cpu, pods and nvidia.com/gpu, and their most."),
    ] = {}
    limit_range: Annotated[
        Items[LimitRangeItem], Field(description="A LimitRange: for each type, least, most and default amounts.")
    ] = ()

    @property
    def notebooks(self) -> dict[str, str]:
        """Return the labels of the notebooks' pods in this namespace; empty if they are not known."""
        return dict(WORKBENCH) if self.rhods else {}

    def enforced(self, level: Level) -> Level:
        """Return the level that it enforces; `level` is the highest that admits the cluster's volumes."""
        return self.pod_security.level if self.pod_security else level

    def resources(self, facts: NamespaceFacts = DEFAULT_FACTS) -> list[Resource]:
        """Build the namespace and what limits it, if the overlay creates it."""
        if not self.create:
            return []
        made = [resource(self._build(facts), "namespace.yaml", "namespace")]
        if self.quota:
            made.append(resource(build_quota(self.quota), "namespace.yaml", "namespace", "quota"))
        if self.limit_range:
            made.append(resource(build_limit_range(self.limit_range), "namespace.yaml", "namespace", "limitRange"))
        return made

    def _build(self, facts: NamespaceFacts) -> NamespaceObject:
        project = {"opendatahub.io/dashboard": "true"} if self.rhods else {}
        names = self.rhods.annotations() if self.rhods else {}
        # What else goes beyond restricted is still reported, where a lower level is enforced.
        levels = {ENFORCE: str(self.enforced(facts.level)), **dict.fromkeys(REPORTED, "restricted")}
        kept = {KEPT: "true"} if facts.keeps else {}
        return {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": metadata(
                self.name, {**levels, **project, **kept, **self.labels}, {**names, **self.annotations}
            ),
        }


NamespaceField = Annotated[Namespace, FromText(lambda name: {"name": name})]
