"""Measures what kustomize takes for groups of clusters, and so what Argo CD and Flux do: `python bench/groups.py`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from fleet import make_fleet
from spent import measure

from daskgen.layers.overlay import KUSTOMIZATION
from daskgen.outside import tools
from daskgen.yaml.write import dump

SIZES = (10, 20, 40, 100, 200, 400)


def main(sizes: Sequence[int]) -> None:
    """Print a row a size of a group: clusters, objects, seconds of CPU, as kustomize works on several cores."""
    with tempfile.TemporaryDirectory() as folder:
        make_fleet(max(sizes), Path(folder))
        subprocess.run([sys.executable, "-m", "daskgen", "-C", folder, "render"], check=True, capture_output=True)
        for size in sizes:
            group = Path(folder) / f"groups/{size}"
            group.mkdir(parents=True)
            members = [f"../../overlays/c{index:05}" for index in range(size)]
            (group / "kustomization.yaml").write_text(dump({**KUSTOMIZATION, "resources": members}), encoding="utf-8")
            built, seconds = measure(partial(build, group))
            objects = built.count("\nkind: ")
            print(f"{size:>6} clusters  {objects:>6} objects  {seconds:>6.1f} s")


def build(group: Path) -> str:
    """What a group builds to."""
    return tools.run("kustomize", "build", str(group), timeout=600).output


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:]] or SIZES)
