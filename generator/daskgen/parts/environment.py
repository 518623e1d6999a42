"""Define environment variables: literal, or read from a Secret, a ConfigMap or the pod itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from daskgen.model import EnvironmentName, FromText, Model, ObjectName, refuse
from daskgen.model.patterns import ENTRY, POD_FIELD

if TYPE_CHECKING:
    from daskgen.kubernetes.types import EnvVar


class Value(Model):
    """The value of a variable: exactly one of `value`, `secret`, `configMap` and `field`."""

    value: Annotated[str | None, Field(description="A literal text.")] = None
    secret: Annotated[ObjectName | None, Field(description="Name of a Secret; `key` is its entry.")] = None
    config_map: Annotated[ObjectName | None, Field(description="Name of a ConfigMap; `key` is its entry.")] = None
    key: Annotated[str, Field(pattern=ENTRY, description="Entry of the Secret or ConfigMap.")] = ""
    field: Annotated[
        str | None,
        Field(pattern=POD_FIELD, description="A field of the pod, such as status.hostIP."),
    ] = None

    @model_validator(mode="after")
    def _check_choice(self) -> Value:
        sources = [self.value, self.secret, self.config_map, self.field]
        if sum(source is not None for source in sources) != 1:
            raise refuse("a variable takes exactly one of value, secret, configMap and field")
        if bool(self.key) != bool(self.secret or self.config_map):
            raise refuse("`key` belongs to secret and configMap", "write {secret: name, key: entry}")
        return self

    def variable(self, name: str) -> EnvVar:
        """Build the variable `name` of a container."""
        if self.secret:
            return {"name": name, "valueFrom": {"secretKeyRef": {"name": self.secret, "key": self.key}}}
        if self.config_map:
            return {
                "name": name,
                "valueFrom": {"configMapKeyRef": {"name": self.config_map, "key": self.key}},
            }
        if self.field:
            return from_field(name, self.field)
        return {"name": name, "value": self.value or ""}


Environment = dict[EnvironmentName, Annotated[Value, FromText(lambda text: {"value": text})]]


def from_field(name: str, path: str) -> EnvVar:
    """Build a variable that holds a field of its own pod."""
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def from_amount(name: str, part: str, resource: str) -> EnvVar:
    """Build a variable that holds one of the `limits` or `requests` of its own container: cores rounded up to a whole
    number, or bytes."""
    return {
        "name": name,
        "valueFrom": {"resourceFieldRef": {"resource": f"{part}.{resource}", "divisor": "1"}},
    }


def combine(defaults: list[EnvVar], *environments: Mapping[str, Value]) -> list[EnvVar]:
    """Merge the variables of a spec with those that every pod has; of one name, the last environment wins.

    Those of the spec come first because kustomize puts elements that a patch adds to a list before the others.
    """
    merged = {name: value for environment in environments for name, value in environment.items()}
    kept = [variable for variable in defaults if variable["name"] not in merged]
    return [value.variable(name) for name, value in merged.items()] + kept
