"""Describe the servers of a JupyterHub's users, in the values of the zero-to-jupyterhub chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from daskgen.kubernetes import ports, quantity
from daskgen.kubernetes.labels import INSTANCE, SCHEDULER
from daskgen.model import FromText, Model, Name, ObjectName, Quantity, Text
from daskgen.parts.image import OwnImage
from daskgen.parts.policies import in_namespace, tcp

PORTS = [ports.COMM.number, ports.DASHBOARD.number]
"""Ports of a scheduler that notebooks use."""

UNITS = (("G", 1 << 30), ("M", 1 << 20))
"""Units of KubeSpawner, which are powers of two, and which have no i."""


def write_memory(amount: str) -> str | int:
    """Write an amount as KubeSpawner reads it: 4Gi is its 4G."""
    size = int(quantity.parse(amount))
    return next((f"{size // unit}{name}" for name, unit in UNITS if size % unit == 0), size)


def limit(cpu: str, memory: str) -> dict[str, Any]:
    """Request cores and memory, and allow no more."""
    cores = float(quantity.parse(cpu))
    return {
        "cpu": dict.fromkeys(("guarantee", "limit"), cores),
        "memory": dict.fromkeys(("guarantee", "limit"), write_memory(memory)),
    }


def name_image(image: OwnImage) -> dict[str, Any]:
    """Write an image as the chart takes it; a digest follows the name's tag."""
    tag = f"{image.tag}@{image.digest}" if image.digest and image.tag else image.tag
    secrets = {"pullSecrets": list(image.pull_secrets)} if image.pull_secrets else {}
    return {"name": image.name, "tag": tag, "pullPolicy": image.pull_policy, **secrets}


def reach(namespace: str, pods: dict[str, str]) -> list[dict[str, Any]]:
    """Let users' servers reach schedulers, by labels; the chart's own policy keeps them from private addresses."""
    peer = in_namespace(namespace)
    peer["podSelector"] = {"matchLabels": pods}
    return [{"to": [peer], "ports": tcp(PORTS)}]


class Shared(Model):
    """A cluster of another file that users of a hub share, besides those that they create."""

    cluster: Annotated[Name, Field(description="Name of the cluster. List the users' servers in its network.clients.")]
    namespace: Annotated[Name, Field(description="Namespace of the cluster.")]

    @property
    def host(self) -> str:
        """Return the host of its scheduler."""
        return f"{self.cluster}-scheduler.{self.namespace}.svc"

    def env(self) -> dict[str, str]:
        """Return the variable by which `Client()` connects to it."""
        return {"DASK_SCHEDULER_ADDRESS": f"tcp://{self.host}:{ports.COMM.number}"}

    def reach(self) -> list[dict[str, Any]]:
        """Return the rule of a policy that lets users' servers reach it."""
        return reach(self.namespace, {**SCHEDULER, INSTANCE: self.cluster})


RESTRICTED: Mapping[str, Any] = {
    "container_security_context": {"capabilities": {"drop": ["ALL"]}},
    "pod_security_context": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
}
"""Settings of KubeSpawner with which servers run under Pod Security `restricted`. By default, the chart runs them as a
user who is not root, without privilege escalation."""


class Storage(Model):
    """The home folder of a user."""

    size: Annotated[Quantity | None, Field(description="Size of a claim for each user; without it, none is kept.")] = (
        None
    )
    storage_class: Annotated[
        ObjectName | None, Field(description="Name of a StorageClass; the default one of Kubernetes if left out.")
    ] = None

    def values(self) -> dict[str, Any]:
        """Return the chart's values."""
        if not self.size:
            return {"type": "none"}
        chosen = {"dynamic": {"storageClass": self.storage_class}} if self.storage_class else {}
        return {"type": "dynamic", "capacity": self.size, **chosen}


StorageField = Annotated[Storage, FromText(lambda text: {} if text == "none" else {"size": text})]


class Profile(Model):
    """A server that users can choose instead of the default one."""

    name: Annotated[Text, Field(examples=["Large"], description="Name that users see.")]
    description: Annotated[str, Field(description="Description that users see.")] = ""
    cpu: Annotated[Quantity, Field(description="Cores: request and limit.")] = "1"
    memory: Annotated[Quantity, Field(description="Memory: request and limit.")] = "2Gi"
    image: Annotated[OwnImage | None, Field(description="Image, instead of that of the hub's users.")] = None

    def values(self) -> dict[str, Any]:
        """Return an entry of the chart's profileList, whose overrides are settings of KubeSpawner."""
        memory, cores = write_memory(self.memory), float(quantity.parse(self.cpu))
        override: dict[str, Any] = {
            "cpu_guarantee": cores,
            "cpu_limit": cores,
            "mem_guarantee": memory,
            "mem_limit": memory,
        }
        if self.image:
            override |= {"image": self.image.reference, "image_pull_policy": self.image.pull_policy}
            if self.image.pull_secrets:
                override["image_pull_secrets"] = list(self.image.pull_secrets)
        return {"display_name": self.name, "description": self.description, "kubespawner_override": override}
