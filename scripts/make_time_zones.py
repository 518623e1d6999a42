"""Write the names of the time zones: `python scripts/make_time_zones.py`. They are those of tzdata on PyPI."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

OUTPUT = Path(__file__).parents[1] / "generator/daskgen/data/time-zones.json"


def make() -> str:
    """Return the text of the file."""
    names = (files("tzdata") / "zones").read_text("utf-8").split()
    return f"{json.dumps(names, indent=1)}\n"


def main() -> None:
    """Write the file."""
    OUTPUT.write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
