"""Find clusters that would be deleted from disk, for the commands that write or compare files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import get_args

import click

from daskgen.findings.problem import suggest
from daskgen.operator.install import INSTANCE
from daskgen.parts.security import Platform
from daskgen.render import guards
from daskgen.render.guards import Vanished
from daskgen.render.tree import RenderedFleet
from daskgen.spec.base import Base, Kind
from daskgen.spec.cluster import ENGINES
from daskgen.spec.load import LoadedFleet


def find_vanished(
    fleet: LoadedFleet, root: Path, rendered: RenderedFleet, only: Sequence[str], allowed: Sequence[str] = ()
) -> list[Vanished]:
    """Find clusters and an operator that are only on disk and may not be deleted; none if `only` is given."""
    gone = [] if only else guards.find_gone(root, rendered)
    for name in allowed:
        if name not in gone:
            raise click.UsageError(f"{name} is not deleted; {suggest(name, gone, 'leave out --allow-delete')}")
    return guards.find_vanished(fleet, root, rendered, gone, allowed)


def find_rooms(only: Sequence[str]) -> list[str]:
    """Return the folders that a command searches for files that are no longer rendered."""
    return [f"overlays/{name}" for name in only] or [*(f"base/{name}" for name in _list_bases()), "overlays", "schema"]


def _list_bases() -> list[str]:
    """Return the names of all possible bases; other folders in base/ are not daskgen's."""
    choices = product(ENGINES.variants, get_args(Platform), get_args(Kind))
    return [*(Base(*choice).name for choice in choices), INSTANCE]
