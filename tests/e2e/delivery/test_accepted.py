"""A real API server that knows the engines' definitions accepts every entry point, with strict field validation."""

from __future__ import annotations

from pathlib import Path

import pytest

from daskgen.delivery.argocd import FINALIZER
from daskgen.outside import tools
from e2e.delivery.engines import ENGINES
from e2e.harness import Kubectl

ROOT = Path(__file__).parents[3]
ENTRIES = sorted(path for path in ROOT.glob("tests/golden/*/overlays/gitops/*") if path.name in ENGINES)


@pytest.mark.cluster
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda path: f"{path.parts[-4]}-{path.name}")
def test_server_side_dry_run(entry: Path, cluster: Kubectl) -> None:
    built = tools.run("kustomize", "build", str(entry)).output
    words = ("apply", "--server-side", "--validate=strict", "--dry-run=server", "--filename", "-")
    said = cluster(*words, text=built)
    assert said.count("serverside-applied (server dry run)") == built.count("\nkind:")
    warned = [line for line in said.splitlines() if line.startswith("Warning")]
    # Kubernetes would have a path in the name; Argo CD documents it as it is.
    assert all(FINALIZER in line for line in warned)
