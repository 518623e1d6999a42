"""Explains why a folder holds no fleet, to people who ran daskgen in another folder or have no fleet yet."""

from __future__ import annotations

import os
from pathlib import Path

from daskgen.findings.problem import Position, Problem
from daskgen.outside.files import CLUSTERS, FLEET_FILE
from daskgen.words import name_some

FEW = 3
"""Fleets in folders below that are named."""


def explain_missing_fleet(root: Path) -> Problem:
    """Say that there is no daskgen.yaml in a folder, and what to do instead."""
    return Problem(Position(FLEET_FILE), "DG030", f"there is no {FLEET_FILE} in {root.resolve()}", _advise(root))


def _advise(root: Path) -> str:
    if not root.is_dir():
        return "there is no such folder"
    above = [folder for folder in root.resolve().parents if (folder / FLEET_FILE).is_file()]
    if above:
        return f"the fleet is in a folder above: run `daskgen -C {_show(above[0])}`"
    below = sorted(path.parent for path in root.glob(f"*/{FLEET_FILE}"))
    if below:
        fleets = name_some([_show(folder) for folder in below], FEW)
        return f"there are fleets in folders below: {fleets}; run `daskgen -C {_show(below[0])}`"
    settings = f"write {FLEET_FILE} with the line `apiVersion: daskgen/v1`"
    if (root / CLUSTERS).is_dir():
        return settings
    return f"to use a fleet, give its folder with `daskgen -C`; to begin one, {settings}, and {CLUSTERS}/NAME.yaml"


def _show(folder: Path) -> str:
    return Path(os.path.relpath(folder)).as_posix()
