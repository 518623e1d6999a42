"""Define the image that scheduler and workers run."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field

from daskgen.model import FromText, Items, Model, ObjectName, Unique, refuse
from daskgen.model.patterns import DASK_VERSION, IMAGE_DIGEST, IMAGE_NAME, IMAGE_TAG

PLACEHOLDER = "dask"
"""Image of containers in bases, which `images` of the overlay replaces."""

MOVING = re.compile(
    r"(?i)(?:.*[-_.])?(?:latest|nightly|edge)(?![a-z0-9])"
    r"|(?:main|master|trunk|head|dev|develop|stable|rolling|current|testing|lts)(?![a-z0-9])"
)
"""Pattern of tags that move to every new image."""

AnyImage = TypeVar("AnyImage", bound="ToolImage")

CALENDAR_VERSION = re.compile(r"(20\d\d\.\d{1,2}\.\d{1,2})(?!\d)")


PYTHON_VERSION = re.compile(r"(?:^|[-_.])py(3\.\d+)(?![\d.])")
"""Pattern of the end of a tag of Dask's images."""


def read_reference(text: str) -> dict[str, Any]:
    """Split `name[:tag][@digest]`; a port in the registry's name is not a tag."""
    rest, _, digest = text.partition("@")
    folder, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    return {"name": folder + slash + name, "tag": tag, "digest": digest}


class ToolImage(Model):
    """An image of any program, and how nodes pull it."""

    name: Annotated[
        str, Field(examples=["ghcr.io/dask/dask"], pattern=IMAGE_NAME, description="Registry and repository.")
    ]
    tag: Annotated[
        str,
        Field(pattern=IMAGE_TAG, description="Tag, such as 2026.8.0-py3.12."),
    ] = ""
    digest: Annotated[str, Field(pattern=IMAGE_DIGEST, description="Digest, which takes precedence over the tag.")] = ""
    pull_policy: Annotated[
        Literal["IfNotPresent", "Always", "Never"], Field(description="When nodes pull the image.")
    ] = "IfNotPresent"
    pull_secrets: Annotated[
        Items[ObjectName], Unique, Field(description="Names of Secrets for pulling the image.")
    ] = ()

    @property
    def reference(self) -> str:
        """Return `name[:tag][@digest]`, as in a container."""
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    @property
    def moves(self) -> bool:
        """Return whether the tag may name another image later."""
        return not self.digest and bool(MOVING.match(self.tag))


class Image(ToolImage):
    """An image that holds Dask."""

    dask: Annotated[
        str,
        Field(
            pattern=DASK_VERSION,
            description="Version of dask in the image, if the tag does not begin with it.",
        ),
    ] = ""

    @property
    def dask_version(self) -> tuple[int, ...] | None:
        """Return the version of dask in the image as numbers, (2026, 8, 0), if it is known."""
        match = CALENDAR_VERSION.match(self.dask or self.tag)
        return tuple(int(part) for part in match[1].split(".")) if match else None

    @property
    def python_version(self) -> str:
        """Return the version of Python in the image, 3.12, if the tag contains it."""
        match = PYTHON_VERSION.search(self.tag)
        return match[1] if match else ""


def _check_placeholder(image: AnyImage) -> AnyImage:
    if image.name == PLACEHOLDER:
        hint = f"write docker.io/library/{image.name}"
        raise refuse(f"{image.name} stands for the cluster's image in rendered files", hint)
    return image


OwnToolImage = Annotated[ToolImage, FromText(read_reference), AfterValidator(_check_placeholder)]
"""An image of pods that run something else than Dask."""

ImageField = Annotated[Image, FromText(read_reference)]

OwnImage = Annotated[ImageField, AfterValidator(_check_placeholder)]
"""An image of some pods only, rendered as a full reference; kustomize replaces only the placeholder's name."""
