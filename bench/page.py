"""Measures the page of large fleets: `python bench/page.py [CLUSTERS]`.

CPU time of `daskgen report`, without and with what an earlier one kept; the size of the page; and what a headless
Chromium needs from the start of loading until the page is drawn, and until it shows what is searched for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from fleet import make_fleet
from spent import measure

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.browser import start_browser

SEARCH = """
new Promise(done => {
  const start = performance.now(), field = document.getElementById("search");
  field.value = "%s";
  field.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
})"""

RUNS = 5

LOOKS = ("open, CPU", "open, waited for", "search, waited for")


def main(size: int) -> None:
    """Print a row a measure."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DASKGEN_CACHE"] = f"{folder}/cache"
        root, output = Path(folder, "fleet"), Path(folder, "page")
        make_fleet(size, root)
        for title in ("report, nothing kept", "report, no edit"):
            spent = measure(lambda: report(root, output))[1]
            print(f"{title:<24} {size:>6} clusters  {spent:>7.2f} s")
        page = output / "index.html"
        print(f"{'size of the page':<24} {size:>6} clusters  {page.stat().st_size / 1e6:>7.2f} MB")
        looks = [look(page, Path(folder, f"browser{run}"), f"c{size - 1:05}") for run in range(RUNS)]
        for index, title in enumerate(LOOKS):
            seconds: list[float] = [each[index] for each in looks]
            print(f"{title:<24} {size:>6} clusters  {min(seconds):>7.2f} s to {max(seconds):.2f} s")


def report(root: Path, output: Path) -> str:
    """Write the page in a process."""
    command = [sys.executable, "-m", "daskgen", "-C", str(root), "report", "--output", str(output)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def look(page: Path, folder: Path, name: str) -> tuple[float, float, float]:
    """Return the CPU seconds of the page's process until it is drawn, those that passed, and those of a search."""
    with start_browser(folder) as browser:
        browser.call("Performance.enable", timeDomain="threadTicks")
        browser.open(page.as_uri())
        drawn = browser.wait_for("performance.getEntriesByName('drawn')[0]?.startTime")
        metrics = {each["name"]: each["value"] for each in browser.call("Performance.getMetrics")["metrics"]}
        return metrics["ProcessTime"], drawn / 1000, browser.evaluate(SEARCH % name) / 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
