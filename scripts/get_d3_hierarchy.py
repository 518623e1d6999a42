"""Copy d3-hierarchy, which lays out the map of `daskgen report`: `python scripts/get_d3_hierarchy.py`.

npm fetches the package; its file counts only if it has the hash that is written here.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import tarfile
import tempfile
from hashlib import sha512
from pathlib import Path

NAME, VERSION, LICENCE = "d3-hierarchy", "3.1.3", "ISC"
INTEGRITY = "sha512-GRajN5ZcnEwYFWqqdzhG1qJ3+fDg6WWzk47TJg7ePY7yvYAgRfD2r1mUx+wviBOWuCwamCUzjwMSdato43jbGA=="
"""As npm and lock files of npm write it."""

OUTPUT = Path(__file__).parents[1] / "generator" / "daskgen" / "data" / "overview"

COPIED = {"package/dist/d3-hierarchy.min.js": f"{NAME}.min.js", "package/LICENSE": f"{NAME}.LICENSE.txt"}
"""Files of the package, and their names here."""

SHA256 = {
    "d3-hierarchy.min.js": "971f374ce9fdbec711eb2358003e2bb755bff22ec6852dc5ebd59f987270db64",
    "d3-hierarchy.LICENSE.txt": "2a6d2d5f32ba0b755ddbc1c833f766e30cdbe6ebe9a6d4e3e24427721f0b63d3",
}
"""The hashes of what is here, which tests compare."""


def fetch(folder: Path) -> Path:
    """Fetch the package. Raises `ValueError` if it is not the one that was looked at."""
    npm = shutil.which("npm") or "npm"
    subprocess.run([npm, "pack", "--silent", f"{NAME}@{VERSION}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    [archive] = folder.glob("*.tgz")
    found = f"sha512-{base64.b64encode(sha512(archive.read_bytes()).digest()).decode()}"
    if found != INTEGRITY:
        raise ValueError(f"{archive.name} is {found}, and not {INTEGRITY}")
    return archive


def main() -> None:
    """Write the library and its licence."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fetch(Path(folder))) as archive:
        for member, name in COPIED.items():
            content = archive.extractfile(member)
            (OUTPUT / name).write_bytes(content.read() if content else b"")


if __name__ == "__main__":
    main()
