"""Define the number of workers of a group: one number, or a range."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from daskgen.model import Model, refuse

MOST = 10_000

Count = Annotated[int, Field(ge=0, le=MOST)]


class Replicas(Model):
    """The number of workers: fixed, or a range that follows the work."""

    min: Annotated[Count, Field(examples=[1], description="Least number of workers, and the number at first.")]
    max: Annotated[Count, Field(examples=[4], description="Largest number of workers.")]

    @model_validator(mode="after")
    def _check_order(self) -> Replicas:
        if self.min > self.max:
            raise refuse(f"min {self.min} is more than max {self.max}")
        return self

    @property
    def vary(self) -> bool:
        """Return whether an autoscaler chooses the number."""
        return self.min < self.max
