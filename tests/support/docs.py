"""Write the fleets that pages of docs/ show."""

from __future__ import annotations

import re
from pathlib import Path

from support.places import TESTS

SETTINGS = 'apiVersion: daskgen/v1\nkubernetes: "1.34"\n'


def write_shown(page: str, folder: Path) -> Path:
    """Write the files of a page that name their path in the first line, and the settings if the page shows none."""
    (folder / "clusters").mkdir()
    (folder / "daskgen.yaml").write_text(SETTINGS, encoding="utf-8")
    text = (TESTS.parent / "docs" / page).read_text("utf-8")
    for name, shown in re.findall(r"```yaml\n# ([\w/]+\.yaml)\n(.*?)```", text, re.DOTALL):
        (folder / name).write_text(shown, encoding="utf-8")
    return folder
