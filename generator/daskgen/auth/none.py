"""Have no login, for a reason that the spec states."""

from __future__ import annotations

from typing import Annotated, Literal, final

from pydantic import Field

from daskgen.auth import Auth


@final
class NoLogin(Auth):
    """Everyone who reaches the host sees the dashboard."""

    kind: Literal["none"]
    reason: Annotated[
        str,
        Field(
            min_length=10,
            examples=["only people of the team reach the host, by its VPN"],
            description="Why nobody sees the dashboard who must not.",
        ),
    ]
