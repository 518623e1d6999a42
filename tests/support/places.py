"""Where the repository and the shared inputs of tests lie."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
GOLDEN = TESTS / "golden"
GOLDEN_CASES = sorted(path.name for path in GOLDEN.iterdir())
