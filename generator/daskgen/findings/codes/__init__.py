"""List every kind of finding: its code, and the explanation that `daskgen explain CODE` prints."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code
from daskgen.findings.codes.importing import IMPORTING
from daskgen.findings.codes.login import LOGIN
from daskgen.findings.codes.monitoring import MONITORING
from daskgen.findings.codes.notebooks import NOTEBOOKS
from daskgen.findings.codes.policy import POLICY
from daskgen.findings.codes.proof import PROOF
from daskgen.findings.codes.reading import READING
from daskgen.findings.codes.rules import RULES
from daskgen.findings.codes.scaling import SCALING
from daskgen.findings.codes.security import SECURITY

CODES: Mapping[str, Code] = {
    **READING,
    **RULES,
    **SCALING,
    **MONITORING,
    **NOTEBOOKS,
    **POLICY,
    **SECURITY,
    **LOGIN,
    **PROOF,
    **IMPORTING,
}
