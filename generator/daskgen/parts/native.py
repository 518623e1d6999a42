"""Validate the parts of a spec that have the format of Kubernetes by Kubernetes' own schemas.

The version is that of the fleet, from the context of the validation, or the newest.
"""

from __future__ import annotations

from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from daskgen.kubernetes.schema import PODS, find_faults_in_part
from daskgen.kubernetes.validation import find_refused_in_part
from daskgen.model import refuse_parts

KUBERNETES = "kubernetes"
"""Key of the version of Kubernetes, such as 1.34, in the context of a validation."""


class Native:
    """Validate a value by the definition of that name in Kubernetes' schema of a kind, such as Affinity."""

    def __init__(self, definition: str, kind: str = PODS) -> None:
        self.definition, self.kind = definition, kind

    def _check(self, value: Any, info: core_schema.ValidationInfo) -> Any:
        minor = (info.context or {}).get(KUBERNETES, "")
        faults = find_faults_in_part(value, self.definition, self.kind, minor) or list(
            find_refused_in_part(value, self.definition)
        )
        if faults:
            raise refuse_parts(faults)
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the value after its type."""
        return core_schema.with_info_after_validator_function(self._check, handler(source))
