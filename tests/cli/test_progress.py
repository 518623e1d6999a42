"""A bar on a terminal says how far a long command is, and nothing is said where the output is piped."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest

from daskgen.cli._progress import FollowedExecutor, follow


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def watch(monkeypatch: pytest.MonkeyPatch, stream: StringIO, seconds: float) -> str:
    """What is shown of four steps that take some seconds each."""
    times = iter(seconds * number for number in range(100))
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("daskgen.cli._progress.time.monotonic", lambda: next(times))
    assert list(follow("abcd", 4, "proving")) == list("abcd")
    return stream.getvalue()


def test_long_work_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = watch(monkeypatch, Terminal(), 0.6)
    assert "proving" in shown
    assert "25%" not in shown
    assert "50%" in shown
    assert "100%" in shown


def test_short_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watch(monkeypatch, Terminal(), 0.1) == ""


def test_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watch(monkeypatch, StringIO(), 5) == ""


def test_what_an_executor_gives_is_unchanged() -> None:
    with ThreadPoolExecutor(2) as executor:
        assert list(FollowedExecutor(executor).map(divmod, [7, 8], [2, 3])) == [(3, 1), (2, 2)]
