"""Define the packages that pods need besides Dask: in the image of the cluster, or installed when pods start."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from daskgen.model import FromText, Items, Model, Quantity, refuse, refuse_parts
from daskgen.model.patterns import INDEX_URL
from daskgen.parts.image import Image, ImageField
from daskgen.parts.lock import Pin, read_lock, read_pin
from daskgen.parts.policies import Egress
from daskgen.paths import Path

PIP = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\[[A-Za-z0-9._,-]+\])?==[A-Za-z0-9.!+_-]+")
CONDA = re.compile(r"([a-z0-9_.-]+::)?[a-z0-9_][a-z0-9_.-]*==?[A-Za-z0-9.!_]+(=[A-Za-z0-9._]+)?")

PYPI = "https://pypi.org/simple"

DOCUMENTED = "docs/images.md says how to write one"

Fault = tuple[Path, str, str, bool]


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


def _check_lock(text: str) -> str:
    try:
        read_lock(text)
    except ValueError as error:
        raise refuse(str(error), DOCUMENTED) from error
    return text


class Index(Model):
    """The index from which pods install packages, and the peers by which policies admit it."""

    url: Annotated[
        str,
        Field(
            examples=["https://pypi.example.com/simple"],
            pattern=INDEX_URL,
            description="URL of the index, without user and password.",
        ),
    ] = PYPI
    egress: Annotated[
        Items[Egress],
        Field(
            examples=[[{"cidr": "10.1.2.0/24", "ports": [443]}]],
            description="Where the index is, as policies name it: addresses, or pods.",
        ),
    ] = ()

    @property
    def host(self) -> str:
        """Return the host of the URL."""
        return self._split()[0]

    @property
    def port(self) -> int:
        """Return the port of the URL."""
        return int(self._split()[1] or (443 if self.url.startswith("https:") else 80))

    def _split(self) -> tuple[str, str]:
        """Return host and port of the URL; an IPv6 address is in brackets."""
        found = re.match(r"https?://(\[[^]]*\]|[^:/]*):?([0-9]*)", self.url)
        return (found[1].strip("[]"), found[2]) if found else ("", "")


class Packages(Model):
    """Packages that pods need besides Dask."""

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
    install: Annotated[
        Literal["image", "start"],
        Field(
            description="image: they are built into the image, and `daskgen image NAME` writes how. start: an init "
            "container installs those of `lock` whenever a pod starts."
        ),
    ] = "image"
    lock: Annotated[
        str,
        AfterValidator(_check_lock),
        Field(
            description="With install: start, all packages that the image lacks, in pip's format: name==version with "
            "its --hash=sha256:…, one to a line."
        ),
    ] = ""
    index: Annotated[
        Annotated[Index, FromText(lambda url: {"url": url})] | None,
        Field(description="With install: start, the index of packages: its URL, or {url, egress}; PyPI by default."),
    ] = None
    size: Annotated[
        Quantity,
        Field(description="With install: start, room for the packages on the scratch volume, which Dask leaves free."),
    ] = "512Mi"

    @model_validator(mode="after")
    def _check_choice(self) -> Packages:
        if faults := self._find_start_faults() if self.install == "start" else self._find_image_faults():
            raise refuse_parts(faults)
        return self

    def _find_image_faults(self) -> list[Fault]:
        fields: tuple[str, ...] = ("lock", "index", "size")
        given = [name for name in fields if name in self.model_fields_set and getattr(self, name)]
        return [((name,), "is for install: start", "leave it out, or write install: start", False) for name in given]

    def _find_start_faults(self) -> list[Fault]:
        faults: list[Fault] = []
        if self.conda:
            hint = "list them in pip, or leave install out and build an image"
            faults.append((("conda",), "conda's packages cannot be installed when pods start", hint, False))
        if self.base:
            faults.append((("from",), "is for install: image", "leave it out", False))
        if not self.lock:
            faults.append((("lock",), "is missing", DOCUMENTED, False))
        return faults

    @property
    def at_start(self) -> bool:
        """Return whether pods install them when they start."""
        return self.install == "start"

    @property
    def source(self) -> Index:
        """Return the index that they come from."""
        return self.index or Index()

    @property
    def locked(self) -> list[Pin]:
        """Return the packages of the lock."""
        return read_lock(self.lock)

    @property
    def pinned(self) -> list[Pin]:
        """Return the packages of `pip`."""
        return [pin for package in self.pip if (pin := read_pin(package))]

    def find_base(self, image: Image) -> Image:
        """Return the image that the packages are added to: `image`, unless `from` names another."""
        return self.base or image
