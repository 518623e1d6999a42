"""Make the file of a new cluster from that of another."""

from __future__ import annotations

import re

from daskgen.findings.problem import ProblemsError, has_errors
from daskgen.yaml.read import parse

OWN = ("name", "renamedFrom")
"""Fields that belong to one cluster; the new one is called like its file."""


def copy_cluster(data: bytes, file: str) -> str:
    """Copy the text of a cluster's file, with its comments, without the name of the cluster.

    Raises `ProblemsError` if the file cannot be read.
    """
    source = parse(data, file)
    if has_errors(source.problems):
        raise ProblemsError(source.problems)
    lines = data.decode("utf-8-sig").splitlines(keepends=True)
    owned = [re.compile(rf"""["']?{field}["']?\s*:""") for field in OWN]
    return "".join(line for line in lines if not any(field.match(line) for field in owned))
