"""Let the users of a JupyterHub share the cluster, or create their own: the values of the hub's chart, and policies.

The chart is zero-to-jupyterhub 4.4, https://z2jh.jupyter.org/en/stable/resources/reference.html. What it makes is its
own; here are its values, in a file that `helm` and the delivery engines take.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, final

from pydantic import Field

from daskgen.kubernetes.labels import SCHEDULER, selecting_others
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.model import Host, Items, Name, ObjectName, Quantity
from daskgen.notebook import Address, Neighbour, Notebook
from daskgen.notebook._chart import find_unknown
from daskgen.notebook._clients import admit_client
from daskgen.notebook._helm import CHART, REPOSITORY, Release, restart_by
from daskgen.notebook._login import LoginField
from daskgen.notebook._own import Site, build_rights, configure_hub, describe_servers
from daskgen.notebook._server import SETTINGS
from daskgen.notebook._shared import locate_dashboard, share
from daskgen.notebook._users import PORTS, RESTRICTED, Profile, Shared, Storage, StorageField, limit, name_image
from daskgen.parts.config import merge
from daskgen.parts.groups import Chart
from daskgen.parts.hub import Hub, HubClient
from daskgen.parts.image import Image, OwnImage
from daskgen.parts.policies import admit, in_namespace
from daskgen.paths import Path
from daskgen.yaml.write import dump

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ConfigMap, NetworkPolicy, NetworkPolicyPeer

HEADER = "# Made by daskgen from the cluster's `notebooks`: values of the chart jupyterhub {version}.\n"
"""A part of the file that Helm reads, so it must not change unless the values do."""

VERSION = "4.4.0"


@final
class JupyterHub(Notebook):
    """A JupyterHub whose users share the cluster or, with kind: JupyterHub, create their own."""

    kind: Literal["jupyterhub"]
    version: Annotated[
        str, Field(pattern=r"^4\.\d+\.\d+$", description="Version of the chart that takes the values.")
    ] = VERSION
    release: Annotated[Name, Field(description="Name of the Helm release, which its pods have as a label.")] = (
        "jupyterhub"
    )
    namespace: Annotated[Name | None, Field(description="Namespace of the hub; the cluster's by default.")] = None
    service_account: Annotated[
        ObjectName,
        Field(
            description="Name of the service account of users' servers, in the hub's namespace, with the right to "
            "create clusters; for kind: JupyterHub only."
        ),
    ] = "default"
    host: Annotated[Host, Field(examples=["hub.example.com"], description="Host name of the hub.")]
    ingress_class: Annotated[
        Name | None,
        Field(alias="class", description="IngressClass of the hub; the chart makes no Ingress without it."),
    ] = None
    tls_secret: Annotated[
        ObjectName | None, Field(description="Name of a TLS Secret in the hub's namespace, for the Ingress.")
    ] = None
    auth: Annotated[
        LoginField, Field(examples=[{"kind": "native", "admins": ["alice"]}], description="Who may log in, and how.")
    ]
    image: Annotated[
        OwnImage,
        Field(
            examples=["ghcr.io/dask/dask-notebook:2026.8.0-py3.12"],
            description="Image of the users' servers, with jupyterhub and the Dask and Python of the cluster.",
        ),
    ]
    cpu: Annotated[Quantity, Field(description="Cores of a user's server: request and limit.")] = "1"
    memory: Annotated[Quantity, Field(description="Memory of a user's server: request and limit.")] = "2Gi"
    storage: Annotated[
        StorageField,
        Field(
            default_factory=lambda: Storage(size="10Gi"),
            description="Size of a claim for each user's home folder, or {size, storageClass}; none keeps nothing.",
        ),
    ]
    profiles: Annotated[
        Items[Profile], Field(description="Servers that users can choose from, after the default one.")
    ] = ()
    placeholders: Annotated[
        int, Field(ge=0, le=1000, description="Pods that keep room for users who come, and make way for them.")
    ] = 0
    cull_after: Annotated[
        int, Field(ge=0, le=1 << 31, description="Seconds after which an idle server is stopped; 0 stops none.")
    ] = 3600
    shared: Annotated[
        Shared | None, Field(description="Cluster that users share besides their own; for kind: JupyterHub only.")
    ] = None
    helm_release: Annotated[
        bool, Field(description="Render a HelmRelease, by which Flux's helm-controller installs the chart.")
    ] = False
    application: Annotated[
        bool, Field(description="Render an Application, by which the fleet's Argo CD installs the chart.")
    ] = False
    values: Annotated[
        dict[str, Any], Field(description="Further values of the chart, which win over those made here.")
    ] = {}

    @property
    def chart_values(self) -> dict[str, Any]:
        """Return the values that the spec adds."""
        return self.values

    def find_unknown_values(self) -> Iterator[tuple[Path, list[str]]]:
        """Find the places of values that the chart does not have."""
        return find_unknown(self.values)

    def describe_hub(self, namespace: str) -> Hub:
        """Return where it is."""
        return Hub(self.object_name, self.host, self.namespace or namespace, self.release)

    def describe_chart(self, cluster: str, namespace: str) -> Chart | None:
        """Return the chart, if the engine is to install it."""
        if not self.application:
            return None
        place, file = self.namespace or namespace, f"{self.object_name}.yaml"
        return Chart(f"{cluster}-{self.object_name}", REPOSITORY, CHART, self.version, self.release, place, file)

    def find_images(self) -> list[tuple[Path, Image]]:
        """Return the images of the users' servers."""
        chosen = [(("profiles", index, "image"), profile.image) for index, profile in enumerate(self.profiles)]
        return [(("image",), self.image), *((path, image) for path, image in chosen if image)]

    def find_origins(self, neighbour: Neighbour, path: Path) -> list[str]:
        """Return the host of the hub, under which users see the dashboard."""
        return [self.host]

    def find_address(self, neighbour: Neighbour, path: Path) -> Address:
        """Return the hub's address, and the one that shows the dashboard to those who are logged in."""
        shown = f"https://{self.host}/hub/user-redirect/{locate_dashboard(neighbour)}/status"
        if client := self._find_client(neighbour):
            shown = f"{client.url}/status"
        lines = (f"dashboard, after login: {shown}",) if neighbour.proxied or client else ()
        return Address(self.object_name, f"https://{self.host}/", lines)

    def _find_client(self, neighbour: Neighbour) -> HubClient | None:
        """Return the dashboard as a service of this hub; None if it is none."""
        client = neighbour.dashboard.client
        return client if client and client.hub == self.object_name else None

    def resources(self, neighbour: Neighbour, path: Path) -> list[Resource]:
        """Build the file of values, and the policy that admits the users' servers."""
        file = f"{self.object_name}.yaml"
        made = resource(self._write(neighbour), file, *path)._replace(stable=True)
        policies = [resource(self._admit(), f"{self.object_name}-policy.yaml", *path)] if neighbour.isolated else []
        if self.helm_release:
            space = self.namespace or neighbour.namespace
            release = Release(self.object_name, f"{neighbour.name}-{self.object_name}", self.release, space)
            policies += [
                resource(body, f"{self.object_name}-release.yaml", *path) for body in release.build(self.version)
            ]
        rights = build_rights(self._find_site(neighbour), neighbour.own) if neighbour.own else ()
        return [made, *policies, *(resource(body, f"{self.object_name}-rights.yaml", *path) for body in rights)]

    def _find_site(self, neighbour: Neighbour) -> Site:
        space = self.namespace or neighbour.namespace
        return Site(neighbour.name, neighbour.namespace, space, self.service_account, self.object_name)

    def _write(self, neighbour: Neighbour) -> ConfigMap:
        made = self._list_values(neighbour)
        if neighbour.own:
            made = merge(made, configure_hub(self._find_site(neighbour), neighbour.own))
        if client := self._find_client(neighbour):
            is_apart = self.namespace not in (None, neighbour.namespace)
            made = merge(made, admit_client(client, is_apart=is_apart))
        values = merge(made, self.values)
        if self.application:
            values = restart_by(values)
        text = HEADER.format(version=self.version) + dump(values)
        name = self.object_name
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(name), "data": {f"{name}.yaml": text}}

    def _admit(self) -> NetworkPolicy:
        labels = {"app": "jupyterhub", "component": "singleuser-server", "release": self.release}
        peer: NetworkPolicyPeer = in_namespace(self.namespace) if self.namespace else {}
        peer["podSelector"] = selecting_others(labels)
        return admit(f"admit-{self.object_name}", SCHEDULER, [peer], PORTS)

    def _list_values(self, neighbour: Neighbour) -> dict[str, Any]:
        callback = f"https://{self.host}/hub/oauth_callback"
        env = self.auth.env()
        return {
            "hub": {
                "config": {**self.auth.config(callback), "KubeSpawner": dict(RESTRICTED)},
                **({"extraEnv": env} if env else {}),
            },
            "proxy": {"service": {"type": "ClusterIP"}},
            **self._list_ingress(),
            "singleuser": self._describe_servers(neighbour),
            "scheduling": {
                "podPriority": {"enabled": self.placeholders > 0},
                "userPlaceholder": {"enabled": self.placeholders > 0, "replicas": self.placeholders},
            },
            "cull": {"enabled": self.cull_after > 0, "timeout": self.cull_after},
        }

    def _list_ingress(self) -> dict[str, Any]:
        if not self.ingress_class:
            return {}
        tls = {"tls": [{"hosts": [self.host], "secretName": self.tls_secret}]} if self.tls_secret else {}
        return {"ingress": {"enabled": True, "ingressClassName": self.ingress_class, "hosts": [self.host], **tls}}

    def _describe_servers(self, neighbour: Neighbour) -> dict[str, Any]:
        profiles = [{"display_name": "Default", "default": True}, *(profile.values() for profile in self.profiles)]
        return {
            "image": name_image(self.image),
            "cmd": "jupyterhub-singleuser",
            "defaultUrl": "/lab",
            **limit(self.cpu, self.memory),
            "storage": self.storage.values(),
            # Their policy keeps users from the cloud's metadata; the other way needs a privileged container.
            "cloudMetadata": {"blockWithIptables": False},
            **self._reach_dask(neighbour),
            **({"profileList": profiles} if self.profiles else {}),
        }

    def _reach_dask(self, neighbour: Neighbour) -> dict[str, Any]:
        if neighbour.own:
            return describe_servers(self._find_site(neighbour), neighbour.own, SETTINGS, self.shared)
        return share(neighbour)
