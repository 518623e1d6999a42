"""Render the fleet to its files, for the commands that do so once, or again and again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from daskgen.cli._fleet import load_and_render
from daskgen.cli._guard import find_rooms, find_vanished
from daskgen.cli._pool import Pool
from daskgen.cli._say import say
from daskgen.cli._show import show
from daskgen.findings.problem import has_errors
from daskgen.outside import disk
from daskgen.render import guards, taken
from daskgen.report import summarize


def render(root: Path, only: Sequence[str], allowed: Sequence[str], pool: Pool, form: str) -> int:
    """Write the rendered files, unless a cluster would be deleted that may not be."""
    fleet, rendered = load_and_render(root, only, pool, form)
    if vanished := find_vanished(fleet, root, rendered, only, allowed):
        show(sorted([*rendered.problems, *guards.find_problems(fleet, vanished, rendered)]), form, rendered, root)
        say(guards.summarize(vanished, rendered), err=True)
        return 1
    found = sorted([*rendered.problems, *taken.find_problems(fleet, root, rendered)])
    if has_errors(found):
        show(found, form, rendered, root)
        say("nothing was written", err=True)
        return 1
    changes = disk.write(root, rendered.tree, find_rooms(only))
    show(found, form, rendered, root)
    say(summarize(rendered, changes, root), err=True)
    return 0
