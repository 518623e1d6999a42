"""Validate objects against the schemas of Kubernetes, where specs contain parts in its format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from daskgen.findings.finding import Finding
from daskgen.kubernetes import schema
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.schema import Fault
from daskgen.kubernetes.stored import store
from daskgen.kubernetes.validation import find_refused
from daskgen.paths import Path, format_path

SHAPE, REFUSED = "DG503", "DG504"


class Found(NamedTuple):
    """A fault of an object, and the code of its finding."""

    code: str
    fault: Fault


def find_faults(body: Object, minor: str) -> list[Found]:
    """Find everything that Kubernetes `minor` refuses in an object; only wrong shapes, if it has any."""
    stored = store(body)
    wrong = schema.find_faults(stored.body, minor)
    # For a field that is dropped, a rule says what is missing then.
    left = [fault for fault in wrong if not any(path[: len(fault.path)] == fault.path for path in stored.dropped)]
    return [Found(SHAPE, fault) for fault in left] or [Found(REFUSED, fault) for fault in find_refused(stored.body)]


def is_well_formed(faults: Sequence[Found]) -> bool:
    """Return whether an object with these faults has the shape of its kind."""
    return all(fault.code != SHAPE for fault in faults)


def report(resource: Resource, found: Found, origin: Path) -> Finding:
    """Report the faults of an object at the field `origin` of the spec, which it comes from."""
    kind, name = resource.key
    where = f" {format_path(found.fault.path)}" if found.fault.path else ""
    message = f"{kind} {name}:{where} {found.fault.message}"
    return Finding(origin, found.code, message, found.fault.hint, key=found.fault.key)
