"""Time that passes at once, for what waits."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Selector(selectors.DefaultSelector):
    """Counts the seconds that it is told to wait, and does not wait."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += max(timeout or 0.0, 0.0)
        return super().select(None if timeout is None else 0)


class Clock(asyncio.SelectorEventLoop):
    """An event loop that jumps to the moment for which something waits, and never sleeps."""

    def __init__(self) -> None:
        self.selector = Selector()
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.now

    monotonic = time
    """As `time.monotonic`, for modules that ask for it."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do asynchronous work to its end, then close the loop as `asyncio.run` does."""
        with asyncio.Runner(loop_factory=lambda: self) as runner:
            return runner.run(work)
