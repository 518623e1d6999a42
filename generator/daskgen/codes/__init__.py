"""Every kind of finding: its code, and what to know about it. `daskgen explain CODE` prints a row."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.codes.code import Code
from daskgen.codes.importing import IMPORTING
from daskgen.codes.proof import PROOF
from daskgen.codes.reading import READING
from daskgen.codes.rules import RULES
from daskgen.codes.security import SECURITY

CODES: Mapping[str, Code] = {**READING, **RULES, **SECURITY, **PROOF, **IMPORTING}
