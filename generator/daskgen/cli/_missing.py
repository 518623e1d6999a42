"""Explain that a folder holds no fleet, and how to select or create one."""

from __future__ import annotations

import os
from pathlib import Path

from daskgen.findings.problem import Position, Problem
from daskgen.outside.files import CLUSTERS, FLEET_FILE
from daskgen.words import name_some

FEW = 3
"""Number of fleets in subfolders that are named."""


def explain_missing_fleet(root: Path) -> Problem:
    """Return an error about a folder without daskgen.yaml that says what to do."""
    return Problem(Position(FLEET_FILE), "DG030", f"{root.resolve()} has no {FLEET_FILE}", _advise(root))


def _advise(root: Path) -> str:
    if not root.is_dir():
        return "the folder does not exist"
    above = [folder for folder in root.resolve().parents if (folder / FLEET_FILE).is_file()]
    if above:
        return f"the fleet is in a parent folder: run `daskgen -C {_show(above[0])}`"
    below = sorted(path.parent for path in root.glob(f"*/{FLEET_FILE}"))
    if below:
        fleets = name_some([_show(folder) for folder in below], FEW)
        return f"fleets are in subfolders: {fleets}; run `daskgen -C {_show(below[0])}`"
    if (root / CLUSTERS).is_dir():
        return f"write {FLEET_FILE} with the line `apiVersion: daskgen/v1`"
    return "to use a fleet, pass its folder with `daskgen -C`; to create one, run `daskgen init FOLDER`"


def _show(folder: Path) -> str:
    return Path(os.path.relpath(folder)).as_posix()
