"""What commands that are run meanwhile spend: seconds of CPU, whatever else the machine does."""

from __future__ import annotations

import resource
from collections.abc import Callable


def measure(run: Callable[[], str]) -> tuple[str, float]:
    """What `run` gives, and the seconds that the processes spent which it started and which have ended."""
    before = _count()
    return run(), _count() - before


def _count() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
