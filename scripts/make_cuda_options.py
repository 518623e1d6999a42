"""Write what `dask cuda worker` takes: `python scripts/make_cuda_options.py`, where dask-cuda can be imported.

It needs no GPU, but it needs CUDA's Python packages, so that it is none of the project's own dependencies:
`pip install --target FOLDER dask-cuda`, then `PYTHONPATH=FOLDER python scripts/make_cuda_options.py`.
"""

from __future__ import annotations

import json
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import click
from make_options import describe

OUTPUT = Path(__file__).parents[1] / "generator/daskgen/data/cuda-options.json"


def main() -> None:
    """Write the file."""
    command: click.Command = import_module("dask_cuda.cli").worker
    options = [describe(option) for option in command.params if isinstance(option, click.Option)]
    text = json.dumps({"version": version("dask-cuda"), "cuda worker": options}, indent=1)
    OUTPUT.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
