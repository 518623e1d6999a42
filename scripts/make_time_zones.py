"""Write the names of the time zones: `python scripts/make_time_zones.py`. They are those of tzdata on PyPI."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

OUTPUT = Path(__file__).parents[1] / "generator/daskgen/data/time-zones.json"


def main() -> None:
    """Write the file."""
    names = (files("tzdata") / "zones").read_text("utf-8").split()
    OUTPUT.write_text(f"{json.dumps(names, indent=1)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
