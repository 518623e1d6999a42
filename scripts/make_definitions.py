"""Write the definitions of dask-kubernetes' custom resources into the package: `python scripts/make_definitions.py`.

They are those of the version that is installed, as it has them. The operator of that version is what daskgen installs.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import yaml
from custom_schemas import find_definitions

OUTPUT = Path(__file__).parents[1] / "generator" / "daskgen" / "data" / "operator"

VERSION = version("dask-kubernetes")


def make() -> dict[str, str]:
    """Every file there ought to be under `OUTPUT`, and its text."""
    return {
        f"{path.stem}.json": json.dumps(yaml.safe_load(path.read_text("utf-8")), indent=1) + "\n"
        for path in sorted(find_definitions().glob("*.yaml"))
    }


def main() -> None:
    """Write them all, and remove those that are gone."""
    OUTPUT.mkdir(exist_ok=True)
    texts = make()
    for path in OUTPUT.iterdir():
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (OUTPUT / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
