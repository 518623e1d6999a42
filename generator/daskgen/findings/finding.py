"""Define the result of a rule: a problem at a field, which has no position in a file yet."""

from __future__ import annotations

from typing import NamedTuple

from daskgen.findings.problem import Severity
from daskgen.paths import Path


class Finding(NamedTuple):
    """A finding about the field at `path` of a cluster's spec; `code` is a row of `codes.CODES`."""

    path: Path
    code: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    key: bool = False
    """True if the field's name is wrong, and not its value."""
