"""Measures the page of large fleets: `python bench/page.py [CLUSTERS]`.

CPU time of `daskgen report`, without and with what an earlier one kept, the size of the page, and how long a headless
Chromium takes from the start of loading until the page is drawn, and until it shows what is searched for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fleet import make_fleet
from spent import measure

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.browser import Browser, start_browser

SEARCH = """
new Promise(done => {
  const start = performance.now(), field = document.getElementById("search");
  field.value = "%s";
  field.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
})"""

RUNS = 5


def main(size: int) -> None:
    """Print a row a measure."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DASKGEN_CACHE"] = f"{folder}/cache"
        root, output = Path(folder, "fleet"), Path(folder, "page")
        make_fleet(size, root)
        for title in ("report, nothing kept", "report, no edit"):
            seconds = measure(lambda: report(root, output))[1]
            print(f"{title:<24} {size:>6} clusters  {seconds:>7.2f} s")
        page = output / "index.html"
        print(f"{'size of the page':<24} {size:>6} clusters  {page.stat().st_size / 1e6:>7.2f} MB")
        opened, found = zip(
            *(look(page, Path(folder, f"browser{run}"), f"c{size - 1:05}") for run in range(RUNS)), strict=True
        )
        print(f"{'open in Chromium':<24} {size:>6} clusters  {min(opened):>7.2f} s to {max(opened):.2f} s")
        print(f"{'search in Chromium':<24} {size:>6} clusters  {min(found):>7.2f} s to {max(found):.2f} s")


def report(root: Path, output: Path) -> str:
    """Write the page in a process."""
    command = [sys.executable, "-m", "daskgen", "-C", str(root), "report", "--output", str(output)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def look(page: Path, folder: Path, name: str) -> tuple[float, float]:
    """Return the seconds until the page is drawn, and until a search for a cluster is."""
    with start_browser(folder) as browser:
        browser.open(page.as_uri())
        opened = wait(browser)
        return opened / 1000, browser.evaluate(SEARCH % name) / 1000


def wait(browser: Browser) -> float:
    """Return the milliseconds that the browser says were needed until the list was drawn."""
    while not (milliseconds := browser.evaluate("performance.getEntriesByName('drawn')[0]?.startTime") or 0):
        time.sleep(0.01)
    return float(milliseconds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
