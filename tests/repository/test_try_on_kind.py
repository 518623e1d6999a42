"""Clusters are tried one by one on kind, with programs that note how they are called and fail when told."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest
import try_on_kind

from conftest import SMALL, MakeFleet

STAND_IN = """\
#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case " $FAILING " in *" $(basename "$0") $1 "*) exit 1;; esac
case "$*" in *" plan "*) cat "$PLAN"; exit 1;; *" status "*) exit "$STATUS";; *" smoke "*) exit "$SMOKE";; esac
case "$*" in *" render"*) exec "$PYTHON" -m daskgen "$@";; esac
"""

CONTEXT = "--context kind-daskgen"


class Bench:
    """A fleet, and programs that stand in for kind, kubectl and daskgen."""

    def __init__(self, root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.calls, self.patch = root, folder / "calls", monkeypatch
        for name in ("daskgen", "kind", "kubectl"):
            (folder / name).write_text(STAND_IN)
            (folder / name).chmod(0o755)
        monkeypatch.setattr(try_on_kind, "DASKGEN", (str(folder / "daskgen"), "-C"))
        monkeypatch.setattr(try_on_kind, "PAUSE", 0.0)
        rows = [{"name": path.stem, "after": {"clusters": 1}} for path in sorted(root.glob("clusters/*.yaml"))]
        gone = {"name": "gone", "after": {"clusters": 0}}
        (folder / "plan.json").write_text(json.dumps({"clusters": [*rows, gone]}))
        self.set(CALLS=self.calls, PLAN=folder / "plan.json", PYTHON=sys.executable, FAILING="", STATUS=0, SMOKE=0)
        self.set(PATH=f"{folder}:{os.environ['PATH']}")

    def set(self, **variables: object) -> None:
        """Set variables for the programs."""
        for name, value in variables.items():
            self.patch.setenv(name, str(value))

    def run(self, *options: str) -> int:
        """Try what is changed."""
        self.patch.setattr(sys, "argv", ["", "--root", str(self.root), "--base", "main", *options])
        return try_on_kind.main()

    def called(self) -> list[str]:
        """The calls, with overlays for their folders, and without other folders."""
        text = re.sub(r" /\S*/overlays/", " ", self.calls.read_text())
        return re.sub(r" /\S+", "", text).splitlines()


@pytest.fixture
def bench(make_fleet: MakeFleet, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Bench:
    root = make_fleet(prod=SMALL, nightly=SMALL + "engine: operator\n")
    return Bench(root, tmp_path_factory.mktemp("bin"), monkeypatch)


def test_a_cluster_is_applied_and_has_to_work(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    assert bench.run("--skip", "nightly") == 0
    assert bench.called() == [
        "daskgen -C plan --base main --format json",
        "kind get clusters",
        "kind create cluster --name daskgen",
        "daskgen -C render",
        f"kubectl {CONTEXT} apply --server-side --force-conflicts --filename -",
        f"kubectl {CONTEXT} apply --server-side --force-conflicts --kustomize prod",
        f"daskgen -C status prod {CONTEXT}",
        f"daskgen -C smoke prod {CONTEXT}",
        f"kubectl {CONTEXT} delete --ignore-not-found --kustomize prod",
    ]
    said = capfd.readouterr().out
    assert "nightly: left out: it is to be left out\nprod: to be tried\n" in said
    assert said.endswith("::endgroup::\nprod: works\n1 of 1 work\n")


def test_the_operator_comes_first(bench: Bench) -> None:
    assert bench.run() == 0
    applied = [line.split()[-1] for line in bench.called() if "--kustomize" in line and "apply" in line]
    assert applied == ["dask-operator", "nightly", "prod"]


@pytest.mark.parametrize("failing", ["SMOKE", "STATUS"])
def test_what_does_not_work_is_shown(
    bench: Bench, failing: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(try_on_kind, "PATIENCE", 0.2)
    bench.set(**{failing: 1})
    assert bench.run("--skip", "nightly") == 1
    pods = "--selector app.kubernetes.io/instance=prod"
    shown = [line.partition("--namespace analytics ")[2] for line in bench.called() if "--namespace" in line]
    assert shown == [
        f"get pods --output wide {pods}",
        "get events --sort-by .lastTimestamp",
        f"logs --all-containers --prefix --ignore-errors --tail 100 {pods}",
    ]
    assert capfd.readouterr().out.endswith("prod: does not work\nnot working: prod\n")


def test_where_nothing_can_be_tried_no_kind_is_made(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    assert bench.run("--skip", "nightly prod") == 0
    assert len(bench.called()) == 1
    assert "no cluster is changed that kind can run" in capfd.readouterr().out


def test_a_kind_that_cannot_be_made_is_said(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    bench.set(FAILING="kind create")
    with pytest.raises(SystemExit) as ended:
        bench.run()
    assert ended.value.code == 2
    assert "kind makes no cluster" in capfd.readouterr().err


def test_no_plan_is_said(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    Path(os.environ["PLAN"]).write_text("clusters/prod.yaml:1:1: error")
    with pytest.raises(SystemExit) as ended:
        bench.run()
    assert ended.value.code == 2
    assert "there is no plan, but:\nclusters/prod.yaml:1:1: error" in capfd.readouterr().err
