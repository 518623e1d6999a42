"""Build a workbench of OpenShift AI: a Notebook, from which its controllers make a StatefulSet and a login.

Fields are those that its dashboard writes (opendatahub-io/odh-dashboard, frontend/src/api/k8s/notebooks.ts), with a
security context that Pod Security `restricted` admits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field

from daskgen.kubernetes.objects import metadata
from daskgen.kubernetes.ports import JUPYTER
from daskgen.model import FromAmount, FromText, Model, Name, Quantity
from daskgen.notebook import Neighbour
from daskgen.notebook._connection import SHOWN
from daskgen.parts.claims import NewClaim
from daskgen.parts.image import Image
from daskgen.parts.pods import probe
from daskgen.parts.security import secure_container, secure_pod
from daskgen.parts.storage import SHM, SHM_PATH

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Container, Notebook, ResourceRequirements

Generation = Literal[2, 3]

LOGIN: Mapping[Generation, str] = {2: "inject-oauth", 3: "inject-auth"}
"""Annotation with which OpenShift AI puts a login before a workbench: its OAuth proxy, or the gateway's."""

APPLICATIONS = "redhat-ods-applications"
"""Namespace of OpenShift AI's own applications."""

HOME = "/opt/app-root/src"
"""Home folder of the images of workbenches."""

PORT = "notebook-port"

STOPPED = "kubeflow-resource-stopped"
"""Annotation with which a workbench has no pod."""


class HardwareProfile(Model):
    """A hardware profile of OpenShift AI, which gives a workbench its resources and its nodes."""

    name: Annotated[Name, Field(examples=["gpu"], description="Name of the HardwareProfile.")]
    namespace: Annotated[Name, Field(description="Its namespace: OpenShift AI's own, or the project.")] = APPLICATIONS


class Workbench(Model):
    """A workbench that is rendered, instead of created in the dashboard."""

    display_name: Annotated[str, Field(description="Name of the workbench in the dashboard.")] = ""
    hardware_profile: Annotated[
        Annotated[HardwareProfile, FromText(lambda name: {"name": name})] | None,
        Field(description="Hardware profile, of which OpenShift AI applies nodes, queue, GPUs and the like."),
    ] = None
    cpu: Annotated[Quantity, Field(description="Cores: request and limit.")] = "1"
    memory: Annotated[Quantity, Field(description="Memory: request and limit.")] = "4Gi"
    storage: Annotated[
        Annotated[NewClaim, FromAmount("size")],
        Field(default_factory=lambda: NewClaim(size="10Gi"), description=f"Size of the claim at {HOME}."),
    ]
    stopped: Annotated[
        bool, Field(description="Keep it stopped. By default, people start and stop it in the dashboard.")
    ] = False

    @property
    def resources(self) -> ResourceRequirements:
        """Return requests and limits; OpenShift AI adds what else the hardware profile has, such as GPUs."""
        amounts: dict[str, int | str] = {"cpu": self.cpu, "memory": self.memory}
        return {"requests": amounts, "limits": dict(amounts)}


class Placed(NamedTuple):
    """A workbench in its project."""

    workbench: Workbench
    name: str
    """Short name of its Notebook, of its claim, of its image stream and of its connection."""
    title: str
    image: Image
    generation: Generation
    neighbour: Neighbour

    @property
    def full_name(self) -> str:
        """Return the name as kustomize completes it, which it does not do within a Notebook."""
        return f"{self.neighbour.name}-{self.name}"

    @property
    def prefix(self) -> str:
        """Return the path under which the server answers, which the controller sets as NB_PREFIX."""
        return f"/notebook/{self.neighbour.namespace}/{self.full_name}"

    def build(self) -> Notebook:
        """Build the Notebook."""
        # The controller copies these labels to the pod.
        labels = {**SHOWN, "opendatahub.io/odh-managed": "true", "app": self.full_name}
        volumes: Any = [
            {"name": self.name, "persistentVolumeClaim": {"claimName": self.full_name}},
            {"name": SHM, "emptyDir": {"medium": "Memory", "sizeLimit": "512Mi"}},
        ]
        return {
            "apiVersion": "kubeflow.org/v1",
            "kind": "Notebook",
            "metadata": metadata(self.name, labels, self._annotate()),
            "spec": {
                "template": {
                    "spec": {
                        "enableServiceLinks": False,
                        "securityContext": secure_pod("openshift"),
                        "containers": [self._contain()],
                        "volumes": volumes,
                    }
                }
            },
        }

    def _annotate(self) -> dict[str, str]:
        namespace, profile = self.neighbour.namespace, self.workbench.hardware_profile
        chosen = {"name": profile.name, "namespace": profile.namespace} if profile else {}
        return {
            "openshift.io/display-name": self.workbench.display_name or self.title,
            f"notebooks.opendatahub.io/{LOGIN[self.generation]}": "true",
            "notebooks.opendatahub.io/last-image-selection": f"{self.full_name}:{self.image.tag or 'pinned'}",
            "opendatahub.io/workbench-image-namespace": namespace,
            "opendatahub.io/connections": f"{namespace}/{self.full_name}",
            **{f"opendatahub.io/hardware-profile-{field}": value for field, value in chosen.items()},
            **({STOPPED: "true"} if self.workbench.stopped else {}),
        }

    def _contain(self) -> Container:
        # The login is that of the proxy beside it, which alone reaches the port.
        options = {"port": JUPYTER.number, "token": "''", "password": "''", "base_url": self.prefix}
        return {
            # The controllers find it by the name of the Notebook.
            "name": self.full_name,
            "image": self.image.reference,
            "imagePullPolicy": self.image.pull_policy,
            "workingDir": HOME,
            "env": [
                {
                    "name": "NOTEBOOK_ARGS",
                    "value": " ".join(f"--ServerApp.{option}={value}" for option, value in options.items()),
                },
                {"name": "JUPYTER_IMAGE", "value": self.image.reference},
            ],
            # OpenShift AI adds it by the annotation as well, but only when that is new.
            "envFrom": [{"secretRef": {"name": self.full_name}}],
            "ports": [{"name": PORT, "containerPort": JUPYTER.number}],
            "startupProbe": probe(f"{self.prefix}/api", PORT, period=5, failures=60),
            "readinessProbe": probe(f"{self.prefix}/api", PORT, period=10, failures=3),
            "livenessProbe": probe(f"{self.prefix}/api", PORT, period=30, failures=6),
            "resources": self.workbench.resources,
            "securityContext": {**secure_container(), "readOnlyRootFilesystem": False},
            "volumeMounts": [{"name": self.name, "mountPath": HOME}, {"name": SHM, "mountPath": SHM_PATH}],
        }
