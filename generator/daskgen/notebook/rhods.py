"""Let the workbenches of an OpenShift AI project ("RHODS") use the cluster: a connection that people choose there, the
image of a workbench, the policy that admits workbenches, and a workbench itself.

The labels and annotations are those of opendatahub-io/odh-dashboard, docs/dashboard-k8s-labels.md, and of
opendatahub-io/notebooks 3.5.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, final

from pydantic import Field, model_validator

from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import SCHEDULER, selecting_others
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.model import FromText, Host, Model, Name, refuse
from daskgen.model.patterns import DASK_VERSION, IMAGE_DIGEST, IMAGE_NAME, IMAGE_TAG
from daskgen.notebook import Address, Neighbour, Notebook
from daskgen.notebook._connection import connect
from daskgen.notebook._workbench import HOME, Generation, Placed, Workbench
from daskgen.parts.image import Image, read_reference
from daskgen.parts.namespace import WORKBENCH
from daskgen.parts.policies import admit, policy
from daskgen.parts.storage import Volume
from daskgen.paths import Path

if TYPE_CHECKING:
    from daskgen.kubernetes.types import NetworkPolicy


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
    version: Annotated[
        Generation,
        Field(description="Version of OpenShift AI: 2 puts its OAuth proxy before workbenches, 3 its gateway."),
    ] = 3
    create: Annotated[
        Workbench | None,
        Field(description="Create a workbench with `image` and the connection; {} for one with all defaults."),
    ] = None
    host: Annotated[
        Host | None,
        Field(description="Host of workbenches, where exposing the dashboard limits who may open its websocket."),
    ] = None

    @model_validator(mode="after")
    def _check_image(self) -> Workbenches:
        if self.create and not self.image:
            raise refuse("a workbench that is created needs an image", "write image, with the versions of the cluster")
        return self

    def find_images(self) -> list[tuple[Path, Image]]:
        """Return the image of workbenches."""
        return [(("image",), self.image.whole)] if self.image else []

    def find_origins(self, neighbour: Neighbour, path: Path) -> list[str]:
        """Return the host of workbenches."""
        return [self.host] if self.host else []

    def find_address(self, neighbour: Neighbour, path: Path) -> Address:
        """Return what people do in the dashboard of OpenShift AI."""
        title = self._title(neighbour)
        if self.create:
            return Address(self.object_name, "", (f"open the workbench {self.create.display_name or title}",))
        return Address(self.object_name, "", (f"attach the connection {title} to a workbench",))

    def find_volumes(self) -> list[tuple[Path, Volume]]:
        """Return the volume of the workbench that is created."""
        if not self.create:
            return []
        fields = {"name": self.object_name, "persistentVolumeClaim": {"create": self.create.storage}, "mountPath": HOME}
        return [(("create", "storage"), Volume.model_validate(fields))]

    def resources(self, neighbour: Neighbour, path: Path) -> list[Resource]:
        """Build the connection and its certificate, the image stream, the workbench and the policies."""
        return [resource(body, f"{self.object_name}.yaml", *path) for body in self._build(neighbour)]

    def _build(self, neighbour: Neighbour) -> Iterator[Any]:
        name, title = self.object_name, self._title(neighbour)
        yield connect(name, title, neighbour)
        yield from neighbour.certify(name, f"{neighbour.name}-{name}")
        if self.image:
            yield self._offer(self.image.whole)
        if self.image and self.create:
            yield Placed(self.create, name, title, self.image.whole, self.version, neighbour).build()
        if neighbour.isolated:
            yield self._admit()
        if neighbour.isolated and self.create:
            # The policies of the cluster select its pod, too, as it has the labels of the Notebook. OpenShift AI has
            # policies of its own for what comes in; what goes out is not limited there.
            yield policy(f"egress-{name}", {"notebook-name": f"{neighbour.name}-{name}"}, egress=[{}])

    def _title(self, neighbour: Neighbour) -> str:
        return self.display_name or f"Dask cluster {neighbour.name}"

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
