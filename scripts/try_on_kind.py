"""Tries the clusters that a pull request changes on kind, and has them do real work.

    python scripts/try_on_kind.py --base origin/main

They are tried as their specs say, but for their size and the nodes they ask for: specs are made small in a folder that
is thrown away, and rendered there. What kind cannot run is left out, and why is said. Everything happens in the context
kind-daskgen. Exit codes: 0 fine, 1 a cluster does not work, 2 nothing could be tried.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import yaml
from small_fleet import Trial, lay_out

from daskgen.kubernetes.objects import Object
from daskgen.operator.install import INSTANCE

KIND = "daskgen"
CONTEXT = ("--context", f"kind-{KIND}")
KUBECTL = ("kubectl", *CONTEXT)
APPLY = (*KUBECTL, "apply", "--server-side", "--force-conflicts")
DASKGEN = (sys.executable, "-m", "daskgen", "-C")

PATIENCE, PAUSE = 600.0, 5.0
"""Seconds: for a cluster to be ready, its image pulled, and between two looks at it."""


def main() -> int:
    """Try what is changed."""
    arguments = parse_arguments()
    changed = find_changed(arguments.root, arguments.base)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trials = lay_out(arguments.root, folder, changed, arguments.skip.split(), read_fixtures(arguments.fixtures))
        for trial in trials:
            print(f"{trial.name}: " + (f"left out: {'; '.join(trial.obstacles)}" if trial.obstacles else "to be tried"))
        chosen = [trial for trial in trials if not trial.obstacles]
        if not chosen:
            print("no cluster is changed that kind can run")
            return 0
        make_kind(arguments.node)
        return try_all(folder, chosen, arguments.fixtures)


def parse_arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description="Tries the clusters that a pull request changes on kind.")
    parser.add_argument("--root", type=Path, default=Path(), help="folder of the fleet")
    parser.add_argument("--base", required=True, help="revision that clusters are changed against")
    parser.add_argument("--skip", default="", help="names of clusters to leave out, with spaces between them")
    parser.add_argument(
        "--fixtures", type=Path, help="folder of manifests to apply first: Secrets, claims, definitions"
    )
    parser.add_argument("--node", default="", help="image of kind's nodes")
    return parser.parse_args()


def find_changed(root: Path, base: str) -> list[str]:
    """The clusters that merging makes or changes."""
    plan = read(*DASKGEN, str(root), "plan", "--base", base, "--format", "json", accept=(0, 1))
    try:
        clusters = json.loads(plan)["clusters"]
    except ValueError:
        give_up(f"there is no plan, but:\n{plan}")
    return [cluster["name"] for cluster in clusters if cluster["after"]["clusters"]]


def read_fixtures(folder: Path | None) -> list[Object]:
    """The objects in a folder's manifests."""
    files = sorted(folder.glob("*.yaml")) if folder else []
    return [document for file in files for document in yaml.safe_load_all(file.read_text("utf-8")) if document]


def make_kind(node: str) -> None:
    """Make the kind cluster, unless it is there."""
    if KIND not in read("kind", "get", "clusters").split():
        image = ("--image", node) if node else ()
        run("kind", "create", "cluster", "--name", KIND, *image) or give_up("kind makes no cluster")


def try_all(folder: Path, trials: Sequence[Trial], fixtures: Path | None) -> int:
    """Render a fleet and try its clusters one after the other, so that a small machine is enough."""
    read(*DASKGEN, str(folder), "render")
    if (folder / f"overlays/{INSTANCE}").is_dir():
        run(*APPLY, "--kustomize", str(folder / f"overlays/{INSTANCE}"))
    failed = [trial.name for trial in trials if not try_one(folder, trial, fixtures)]
    print(f"not working: {', '.join(failed)}" if failed else f"{len(trials)} of {len(trials)} work")
    return int(bool(failed))


def try_one(folder: Path, trial: Trial, fixtures: Path | None) -> bool:
    """Apply a cluster, wait until it is as its spec says, have it compute, and take it away."""
    print(f"::group::{trial.name}", flush=True)
    overlay = str(folder / f"overlays/{trial.name}")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": trial.namespace}}
    works = (
        run(*APPLY, "--filename", "-", text=json.dumps(namespace))
        and (not fixtures or run(*APPLY, "--namespace", trial.namespace, "--filename", str(fixtures)))
        and run(*APPLY, "--kustomize", overlay)
        and wait(folder, trial.name)
        and run(*DASKGEN, str(folder), "smoke", trial.name, *CONTEXT)
    )
    if not works:
        show(trial)
    run(*KUBECTL, "delete", "--ignore-not-found", "--kustomize", overlay)
    print(f"::endgroup::\n{trial.name}: {'works' if works else 'does not work'}", flush=True)
    return works


def wait(folder: Path, name: str) -> bool:
    """Wait until a cluster is as its spec says; after `PATIENCE`, say how it is."""
    status = (*DASKGEN, str(folder), "status", name, *CONTEXT)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not subprocess.run(status, capture_output=True, check=False).returncode:
            return True
        time.sleep(PAUSE)
    return run(*status)


def show(trial: Trial) -> None:
    """Print what tells why a cluster does not work."""
    pods = ("--selector", f"app.kubernetes.io/instance={trial.name}")
    within = (*KUBECTL, "--namespace", trial.namespace)
    run(*within, "get", "pods", "--output", "wide", *pods)
    run(*within, "get", "events", "--sort-by", ".lastTimestamp")
    run(*within, "logs", "--all-containers", "--prefix", "--ignore-errors", "--tail", "100", *pods)


def run(*command: str, text: str = "") -> bool:
    """Run a program that says itself what it does; whether it succeeds."""
    try:
        return subprocess.run(command, input=text.encode(), check=False).returncode == 0
    except OSError as error:
        give_up(f"{command[0]} does not start: {error.strerror}")


def read(*command: str, accept: Sequence[int] = (0,)) -> str:
    """What a program prints."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    except OSError as error:
        give_up(f"{command[0]} does not start: {error.strerror}")
    if done.returncode not in accept:
        give_up(f"{' '.join(command)} ended with code {done.returncode}\n{done.stdout}")
    return done.stdout


def give_up(why: str) -> NoReturn:
    """End, as nothing can be tried."""
    print(why, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    sys.exit(main())
