"""Write what `dask scheduler` and `dask worker` of the pinned distributed take: `python scripts/make_options.py`.

Rules parse the options of a spec with click from this description, so that rendering needs no Dask.
"""

from __future__ import annotations

import json
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

OUTPUT = Path(__file__).parents[1] / "generator/daskgen/data/options.json"

PROGRAMS = {"scheduler": "distributed.cli.dask_scheduler", "worker": "distributed.cli.dask_worker"}


def main() -> None:
    """Write the file."""
    OUTPUT.write_text(make(), encoding="utf-8")


def make() -> str:
    """Return its text: the version, and of each program its options."""
    programs = {name: list(map(describe, find_options(module))) for name, module in PROGRAMS.items()}
    return json.dumps({"version": version("distributed"), **programs}, indent=1) + "\n"


def find_options(module: str) -> list[click.Option]:
    """Return the options of a program."""
    command: click.Command = import_module(module).main
    return [option for option in command.params if isinstance(option, click.Option)]


def describe(option: click.Option) -> dict[str, Any]:
    """Return what click needs to parse an option."""
    return {
        "names": [*option.opts, *option.secondary_opts],
        "flag": option.is_flag,
        "multiple": option.multiple,
        "type": option.type.name,
    }


if __name__ == "__main__":
    main()
