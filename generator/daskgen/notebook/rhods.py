"""Let the workbenches of an OpenShift AI project ("RHODS") use the cluster: a connection that people choose there, the
image of a workbench, and the policy that admits workbenches.

The labels and annotations are those of opendatahub-io/odh-dashboard, frontend/src/concepts/connectionTypes and
backend/src/types.ts, and of opendatahub-io/notebooks 3.5.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, final

from pydantic import Field

from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import SCHEDULER, selecting_others
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.model import FromText, Host, Model, Name
from daskgen.model.patterns import DASK_VERSION, IMAGE_DIGEST, IMAGE_NAME, IMAGE_TAG
from daskgen.notebook import Address, Neighbour, Notebook
from daskgen.parts.image import Image, read_reference
from daskgen.parts.namespace import WORKBENCH
from daskgen.parts.policies import admit
from daskgen.parts.tls import find_protocol
from daskgen.paths import Path

if TYPE_CHECKING:
    from daskgen.kubernetes.types import NetworkPolicy, Secret

SHOWN = {"opendatahub.io/dashboard": "true"}
"""Label of what the dashboard of OpenShift AI shows."""

CONNECTION_TYPE = "dask-v1"
"""Name of the type of connection, which an administrator creates once: docs/dask-connection-type.yaml."""


class Offered(Model):
    """An image that people choose; how nodes pull it is for OpenShift AI to say."""

    name: Annotated[
        str,
        Field(
            examples=["registry.example.com/workbenches/dask"],
            pattern=IMAGE_NAME,
            description="Registry and repository.",
        ),
    ]
    tag: Annotated[str, Field(pattern=IMAGE_TAG, description="Tag, such as 2026.8.0-py3.12.")] = ""
    digest: Annotated[str, Field(pattern=IMAGE_DIGEST, description="Digest, which takes precedence over the tag.")] = ""
    dask: Annotated[
        str, Field(pattern=DASK_VERSION, description="Version of dask in the image, if the tag does not begin with it.")
    ] = ""

    @property
    def whole(self) -> Image:
        """Return it as an image like others."""
        return Image.model_validate(self.model_dump())


@final
class Workbenches(Notebook):
    """The workbenches of the data science project in which the cluster is."""

    platforms: ClassVar[tuple[str, ...]] = ("openshift",)

    kind: Literal["rhods"]
    display_name: Annotated[str, Field(description="Name of the connection in the dashboard of OpenShift AI.")] = ""
    workbench: Annotated[
        Name | None, Field(description="Name of the one workbench that may connect; all of the project by default.")
    ] = None
    image: Annotated[
        Annotated[Offered, FromText(read_reference)] | None,
        Field(description="Image for workbenches with the Dask and Python of the cluster, which people can choose."),
    ] = None
    host: Annotated[
        Host | None,
        Field(description="Host of workbenches, where exposing the dashboard limits who may open its websocket."),
    ] = None

    def find_images(self) -> list[tuple[Path, Image]]:
        """Return the image of workbenches."""
        return [(("image",), self.image.whole)] if self.image else []

    def find_origins(self, neighbour: Neighbour, path: Path) -> list[str]:
        """Return the host of workbenches."""
        return [self.host] if self.host else []

    def find_address(self, neighbour: Neighbour, path: Path) -> Address:
        """Return what people do in the dashboard of OpenShift AI."""
        return Address(self.object_name, "", (f"attach the connection {self._title(neighbour)} to a workbench",))

    def resources(self, neighbour: Neighbour, path: Path) -> list[Resource]:
        """Build the connection, the image stream and the policy."""
        bodies: list[Any] = [
            self._describe_connection(neighbour),
            *([self._offer(self.image.whole)] if self.image else []),
            *([self._admit()] if neighbour.isolated else []),
        ]
        return [resource(body, f"{self.object_name}.yaml", *path) for body in bodies]

    def _title(self, neighbour: Neighbour) -> str:
        return self.display_name or f"Dask cluster {neighbour.name}"

    def _describe_connection(self, neighbour: Neighbour) -> Secret:
        """Build the connection, a Secret by its kind alone: there is nothing secret in it."""
        notes = {
            "openshift.io/display-name": self._title(neighbour),
            "opendatahub.io/connection-type-ref": CONNECTION_TYPE,
        }
        protocol = find_protocol(neighbour.context.encryption is not None)
        address = f"{neighbour.service}.{neighbour.namespace}.svc:{ports.COMM.number}"
        link = {"DASK_DISTRIBUTED__DASHBOARD__LINK": f"{{NB_PREFIX}}/{neighbour.proxied}/status"}
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": metadata(self.object_name, SHOWN, notes),
            "type": "Opaque",
            "stringData": {
                "DASK_SCHEDULER_ADDRESS": f"{protocol}://{address}",
                **(link if neighbour.proxied else {}),
            },
        }

    def _offer(self, image: Image) -> dict[str, Any]:
        """Build the image stream by which people choose the image in the dashboard of OpenShift AI."""
        tag = image.tag or "pinned"
        dask = ".".join(map(str, image.dask_version or ()))
        packages = [{"name": name, "version": dask} for name in ("dask", "distributed") if dask]
        software = [{"name": "Python", "version": f"v{image.python_version}"}] if image.python_version else []
        notes = {
            "opendatahub.io/notebook-software": json.dumps(software),
            "opendatahub.io/notebook-python-dependencies": json.dumps(packages),
        }
        source = {"kind": "DockerImage", "name": image.reference}
        named = {"opendatahub.io/notebook-image-name": f"Dask {tag}"}
        return {
            "apiVersion": "image.openshift.io/v1",
            "kind": "ImageStream",
            "metadata": metadata(self.object_name, {"opendatahub.io/notebook-image": "true"}, named),
            "spec": {
                "lookupPolicy": {"local": True},
                "tags": [{"name": tag, "annotations": notes, "from": source, "referencePolicy": {"type": "Source"}}],
            },
        }

    def _admit(self) -> NetworkPolicy:
        named = {"notebook-name": self.workbench} if self.workbench else {}
        peer: Any = {"podSelector": selecting_others({**WORKBENCH, **named})}
        return admit(f"admit-{self.object_name}", SCHEDULER, [peer], [ports.COMM.number, ports.DASHBOARD.number])
