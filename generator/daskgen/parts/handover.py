"""Define how a cluster is delivered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from daskgen.model import FromText, Model, Name, refuse


def _read_text(text: str) -> dict[str, bool]:
    if text != "none":
        raise refuse(f"{text} is not a way to be delivered", "write none, or group: NAME")
    return {"enabled": False}


class Handover(Model):
    """The delivery of a cluster, and its group."""

    enabled: Annotated[bool, Field(description="Deliver the cluster; `delivery: none` is the same as false.")] = True
    group: Annotated[
        Name | None, Field(description="Name of its group, instead of the one by the fleet's groupBy.")
    ] = None


HandoverField = Annotated[Handover, FromText(_read_text)]
