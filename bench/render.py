"""Measures rendering 1, 100 and 1,000 clusters against a floor: `python bench/render.py`.

The floor is PyYAML's C dumper writing the same bytes from plain dicts that are there already. Both run in this process,
in turn, on one core; times are CPU time, the least of several runs. Rendering includes reading, validating and rules.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from fleet import make_fleet

from daskgen.outside.files import read_folder
from daskgen.render.tree import RenderedFleet, render_fleet
from daskgen.spec.load import load_fleet
from daskgen.yaml.write import dump_slowly

SIZES, RUNS = (1, 100, 1000), 5


def main() -> None:
    """Print a row a size."""
    print(f"{'clusters':>8}  {'render':>9}  {'a cluster':>9}  {'floor':>9}  {'ratio':>5}")
    for size in SIZES:
        rendering, floor = measure(size)
        each = 1000 * rendering / size
        print(f"{size:>8}  {rendering:>7.3f} s  {each:>6.2f} ms  {floor:>7.3f} s  {rendering / floor:>5.2f}")


def measure(size: int) -> tuple[float, float]:
    """CPU seconds of rendering, and of the floor."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_fleet(size, root)
        tree = render(root).tree
        texts = [text for path, text in tree.items() if path.startswith("overlays/")]
        documents = [list(yaml.load_all(text, Loader=yaml.CSafeLoader)) for text in texts]
        gc.freeze()  # a command that renders does not have these documents in memory
        rendering, floor = [], []
        for _ in range(RUNS):
            rendering.append(clock(lambda: render(root)))
            floor.append(clock(lambda: ["---\n".join(dump_slowly(item) for item in file) for file in documents]))
        return min(rendering), min(floor)


def render(root: Path) -> RenderedFleet:
    """Read, validate and render a fleet, in this process."""
    return render_fleet(load_fleet(read_folder(root)))


def clock(work: Callable[[], object]) -> float:
    """CPU seconds that `work` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
