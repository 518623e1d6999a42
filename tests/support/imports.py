"""What the tests of `daskgen import` share: cases in `tests/import/`, and a manifest to vary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from daskgen.importing.run import Imported, Result, run
from daskgen.render.cluster import RenderedCluster, render_cluster
from daskgen.spec.fleet import Fleet
from daskgen.spec.load import Settings
from daskgen.yaml.read import Source, parse
from support.places import TESTS

CASES = TESTS / "import"
"""A folder for each case: manifests, and under `clusters/` the specs and the report that they become."""

NO_FLEET = Settings(Fleet(), Source("daskgen.yaml", {}))

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: dask-scheduler, namespace: science}
spec:
  template:
    spec:
      containers:
      - {name: scheduler, image: ghcr.io/dask/dask:2026.8.0, args: [dask, scheduler]}
"""


def list_cases() -> list[str]:
    """Return the names of all cases."""
    return sorted(path.name for path in CASES.iterdir())


def read_case(case: str) -> dict[str, bytes]:
    """Return the manifests of a case by file."""
    return {path.name: path.read_bytes() for path in sorted((CASES / case).glob("*.yaml"))}


def import_text(text: str, **options: str) -> Result:
    """Import one file outside of a fleet."""
    return run({"dask.yaml": text.encode()}, NO_FLEET, **options)


def render_import(imported: Imported) -> RenderedCluster:
    """Render the spec that was written."""
    return render_cluster(NO_FLEET, parse(imported.text.encode(), imported.file))


def list_findings(result: Result) -> list[tuple[str, int, int]]:
    """Return the code and place of each problem."""
    return [(problem.code, problem.at.line, problem.at.column) for problem in result.problems]


def find_containers(body: Any) -> Iterator[dict[str, Any]]:
    """Find every container that runs Dask in a rendered object."""
    if isinstance(body, dict):
        if body.get("name") in ("scheduler", "worker") and "args" in body:
            yield body
        for value in body.values():
            yield from find_containers(value)
    elif isinstance(body, list):
        for value in body:
            yield from find_containers(value)
