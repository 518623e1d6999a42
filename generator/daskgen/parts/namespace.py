"""The namespace a cluster lives in, and the OpenShift AI project it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.model import Annotations, FromText, Labels, Model, Name

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Namespace as NamespaceObject

POD_SECURITY = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
"""https://kubernetes.io/docs/concepts/security/pod-security-admission/"""

WORKBENCH = {"opendatahub.io/workbenches": "true"}
"""What the notebook controller of OpenShift AI puts on every workbench's pod."""


class Rhods(Model):
    """A data science project of Red Hat OpenShift AI ("RHODS"): a namespace that its dashboard shows."""

    display_name: Annotated[str, Field(description="What the dashboard calls the project.")] = ""
    description: Annotated[str, Field(description="What the dashboard says of it.")] = ""

    def annotations(self) -> dict[str, str]:
        """What OpenShift's consoles read."""
        texts = {"openshift.io/display-name": self.display_name, "openshift.io/description": self.description}
        return {key: text for key, text in texts.items() if text}


class Namespace(Model):
    """Where a cluster's objects go."""

    name: Annotated[Name, Field(description="Name of the namespace.")]
    create: Annotated[bool, Field(description="Whether the overlay holds the namespace itself.")] = False
    labels: Annotated[Labels, Field(description="Labels of the namespace.")] = {}
    annotations: Annotated[Annotations, Field(description="Annotations of the namespace.")] = {}
    rhods: Annotated[Rhods | None, Field(description="Make it a data science project of OpenShift AI.")] = None

    @property
    def notebooks(self) -> dict[str, str]:
        """Labels of the pods in which people here work; empty where there are none known."""
        return dict(WORKBENCH) if self.rhods else {}

    def resources(self) -> list[Resource]:
        """The namespace with Pod Security `restricted` enforced, where it is to be created."""
        if not self.create:
            return []
        project = {"opendatahub.io/dashboard": "true"} if self.rhods else {}
        names = self.rhods.annotations() if self.rhods else {}
        namespace: NamespaceObject = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": metadata(self.name, {**POD_SECURITY, **project, **self.labels}, {**names, **self.annotations}),
        }
        return [resource(namespace, "namespace.yaml", "namespace")]


NamespaceField = Annotated[Namespace, FromText(lambda name: {"name": name})]
