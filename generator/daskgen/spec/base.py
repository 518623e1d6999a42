"""Define what clusters with a base in common have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from daskgen.parts.security import Platform

Kind = Literal["DaskCluster", "DaskJob", "JupyterHub"]

BASES: Mapping[Kind, str] = {"DaskJob": "-job", "JupyterHub": "-hub"}
"""What the name of a base says of the kinds that are not clusters."""


class Base(NamedTuple):
    """The choices that determine the base of a cluster."""

    engine: str
    platform: Platform
    kind: Kind

    @property
    def name(self) -> str:
        """Return the name of its folder."""
        return f"{self.engine}{BASES.get(self.kind, '')}-{self.platform}"
