"""Define the packages that the image of a cluster holds besides Dask, and the image that they are added to."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from daskgen.model import Items, Model, refuse
from daskgen.parts.image import Image, ImageField

PIP = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\[[A-Za-z0-9._,-]+\])?==[A-Za-z0-9.!+_-]+")
CONDA = re.compile(r"([a-z0-9_.-]+::)?[a-z0-9_][a-z0-9_.-]*==?[A-Za-z0-9.!_]+(=[A-Za-z0-9._]+)?")


def _check_pip(package: str) -> str:
    if not PIP.fullmatch(package):
        raise refuse(f"{package} does not name one version", f"write {_name(package)}==1.2.3")
    return package


def _check_conda(package: str) -> str:
    if not CONDA.fullmatch(package):
        raise refuse(f"{package} does not name one version", f"write {_name(package)}=1.2.3")
    return package


def _name(package: str) -> str:
    return re.split(r"[^A-Za-z0-9_.\[\]-]", package, maxsplit=1)[0] or "name"


class Packages(Model):
    """Packages that are built into the image of the cluster: `daskgen image NAME` writes how."""

    pip: Annotated[
        Items[Annotated[str, AfterValidator(_check_pip)]],
        Field(description="Packages of PyPI, each with its version: optuna==4.6.0."),
    ] = ()
    conda: Annotated[
        Items[Annotated[str, AfterValidator(_check_conda)]],
        Field(description="Packages of conda-forge, each with its version: xgboost=3.0.5."),
    ] = ()
    base: Annotated[
        ImageField | None,
        Field(alias="from", description="Image that the packages are added to; the cluster's image is the result."),
    ] = None

    def find_base(self, image: Image) -> Image:
        """Return the image that the packages are added to: `image`, as long as there is no built one."""
        return self.base or image
