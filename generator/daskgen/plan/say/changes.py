"""Write changed values."""

from __future__ import annotations

from daskgen.paths import format_path
from daskgen.plan.changes import Change
from daskgen.words import show_value


def say_change(change: Change) -> str:
    """Write a changed value in one line."""
    path = format_path(change.path)
    if change.element:
        return f"{path} {change.element}: {'removed' if change.after is None else 'added'}"
    owner = f"{' '.join(change.owner)} " if change.owner else ""
    by = f", set by {change.by}" if change.by else ""
    return f"{owner}{path}: {show_value(change.before)}{by} → {show_value(change.after)}"
