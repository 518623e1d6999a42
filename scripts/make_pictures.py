"""Take the pictures of docs/report.md, of the fleet of tests: `python scripts/make_pictures.py`. Needs Chromium."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "docs/pictures"
sys.path.insert(0, str(ROOT / "tests"))

from support.browser import start_browser  # noqa: E402
from support.example import commit, edit, write_fleet  # noqa: E402

PICTURES = {"report-fleet": ("", "light", 900), "report-cluster": ("#cluster=align", "dark", 1060)}
"""What each picture shows: the place in the page, the colours, and the height."""


def main() -> None:
    """Take all of them."""
    OUTPUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "dask-fleet")
        root.mkdir()
        write_fleet(root)
        commit(root)
        edit(root)
        words = ["-C", str(root), "report", "--base", "HEAD", "--output", f"{folder}/page"]
        subprocess.run([sys.executable, "-m", "daskgen", *words], check=True)
        for name, (place, scheme, height) in PICTURES.items():
            (OUTPUT / f"{name}.png").write_bytes(
                take(f"{Path(folder, 'page/index.html').as_uri()}{place}", scheme, height, Path(folder, name))
            )


def take(url: str, scheme: str, height: int, folder: Path) -> bytes:
    """Take a picture of a page."""
    with start_browser(folder, "--hide-scrollbars") as browser:
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.call("Emulation.setDeviceMetricsOverride", width=1300, height=height, deviceScaleFactor=1, mobile=False)
        browser.open(url)
        browser.wait_for("performance.getEntriesByName('drawn').length")
        return browser.take_picture()


if __name__ == "__main__":
    main()
