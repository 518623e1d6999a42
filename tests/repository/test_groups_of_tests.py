"""Tests that share what there is only one of, such as the operator, run one after the other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest

@pytest.fixture(scope="session", params=[pytest.param(it, marks=pytest.mark.xdist_group(it)) for it in "ab"])
def group(request):
    return request.param

@pytest.mark.parametrize("number", range(3))
def test_in_a_group(group, number, worker_id):
    with open(f"{group}.txt", "a") as file:
        file.write(f"{worker_id}\\n")
"""


def test_a_group_stays_on_one_process(tmp_path: Path) -> None:
    """End-to-end tests rest on it, and would go on without a word where it is not so."""
    (tmp_path / "test_groups.py").write_text(TESTS, encoding="utf-8")
    words = ["-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadgroup"]
    subprocess.run([sys.executable, "-m", "pytest", *words], cwd=tmp_path, check=True, capture_output=True)
    for group in "ab":
        workers = (tmp_path / f"{group}.txt").read_text("utf-8").split()
        assert len(workers) == 3
        assert len(set(workers)) == 1
