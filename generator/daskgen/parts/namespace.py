"""Build the namespace of a cluster, which may be a project of OpenShift AI."""

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
"""Label that the notebook controller of OpenShift AI sets on the pod of every workbench."""


class Rhods(Model):
    """A data science project of Red Hat OpenShift AI ("RHODS"): a namespace that its dashboard shows."""

    display_name: Annotated[str, Field(description="Name of the project in the dashboard.")] = ""
    description: Annotated[str, Field(description="Description of the project in the dashboard.")] = ""

    def annotations(self) -> dict[str, str]:
        """Return the annotations that OpenShift's console shows."""
        texts = {"openshift.io/display-name": self.display_name, "openshift.io/description": self.description}
        return {key: text for key, text in texts.items() if text}


class Namespace(Model):
    """The namespace of a cluster's objects."""

    name: Annotated[Name, Field(examples=["analytics"], description="Name of the namespace.")]
    create: Annotated[bool, Field(description="Render the namespace itself.")] = False
    labels: Annotated[Labels, Field(description="Labels of the namespace.")] = {}
    annotations: Annotated[Annotations, Field(description="Annotations of the namespace.")] = {}
    rhods: Annotated[Rhods | None, Field(description="Make it a data science project of OpenShift AI.")] = None

    @property
    def notebooks(self) -> dict[str, str]:
        """Labels of the notebooks' pods in this namespace; empty if they are not known."""
        return dict(WORKBENCH) if self.rhods else {}

    def resources(self) -> list[Resource]:
        """Build the namespace with Pod Security `restricted` enforced, if the overlay creates it."""
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
