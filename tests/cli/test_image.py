"""`daskgen image` writes how an image with a cluster's packages is built, and what to do with it."""

from __future__ import annotations

import os
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from conftest import SMALL, MakeFleet
from support.commands import daskgen

PACKAGES = "packages: {pip: [optuna==4.6.0, 'dask-ml[complete]==2025.1.0'], conda: [conda-forge::xgboost=3.0.5]}\n"

CONTAINERFILE = """\
# Made by `daskgen image prod` from `packages`; edit these and run it again.
FROM ghcr.io/dask/dask:2026.8.0-py3.12
USER root
RUN conda install --yes --freeze-installed --channel conda-forge conda-forge::xgboost=3.0.5 && conda clean --all --yes
"""


def test_a_containerfile_and_what_to_do_next(make_fleet: MakeFleet) -> None:
    done = daskgen("image", "prod", root=make_fleet(prod=SMALL + PACKAGES))
    assert done.stdout.startswith(CONTAINERFILE)
    assert "--constraint /tmp/held.txt optuna==4.6.0 'dask-ml[complete]==2025.1.0'" in done.stdout
    assert done.stdout.endswith("USER 20000\n")
    assert done.stderr == (
        "next:\n"
        "  docker build --file Containerfile --tag registry.example.com/team/dask:2026.8.0-py3.12-1 .\n"
        "  docker push registry.example.com/team/dask:2026.8.0-py3.12-1\n"
        "then write into clusters/prod.yaml:\n"
        "  image: registry.example.com/team/dask:2026.8.0-py3.12-1\n"
        "  packages:\n"
        "    from: ghcr.io/dask/dask:2026.8.0-py3.12\n"
    )


def test_the_edit_that_it_shows_ends_the_finding(make_fleet: MakeFleet) -> None:
    assert "DG276" in daskgen("render", root=make_fleet(prod=SMALL + PACKAGES), code=1).stdout
    built = SMALL.replace("ghcr.io/dask/dask:2026.8.0-py3.12", "registry.example.com/team/dask:2026.8.0-py3.12-1")
    edited = PACKAGES.replace("}", ", from: 'ghcr.io/dask/dask:2026.8.0-py3.12'}")
    root = make_fleet(prod=built + edited)
    assert "DG276" not in daskgen("render", root=root).stdout
    again = daskgen("image", "prod", root=root)
    assert again.stdout.startswith(CONTAINERFILE)
    assert "--tag registry.example.com/team/dask:2026.8.0-py3.12-1 ." in again.stderr


def test_every_step_is_a_command_of_the_shell(make_fleet: MakeFleet, tmp_path: Path) -> None:
    file = tmp_path / "Containerfile"
    root = make_fleet(prod=SMALL + PACKAGES)
    daskgen("image", "prod", "--output", str(file), "--tag", "registry.example.com/a/b:1", root=root)
    steps = file.read_text("utf-8").replace("\\\n", "").splitlines()
    for step in [step.removeprefix("RUN ") for step in steps if step.startswith("RUN ")]:
        subprocess.run(["/bin/sh", "-n", "-c", step], check=True)


@pytest.mark.parametrize(
    ("spec", "said"),
    [(SMALL, "prod lists no packages; for example"), (SMALL + "packages: {pip: []}\n", "prod lists no packages")],
)
def test_without_packages_there_is_nothing_to_build(spec: str, said: str, make_fleet: MakeFleet) -> None:
    assert said in daskgen("image", "prod", root=make_fleet(prod=spec), code=2).stderr


def test_an_image_of_workbenches_with_the_versions_of_the_cluster(make_fleet: MakeFleet, tmp_path: Path) -> None:
    root, base = make_fleet(prod=SMALL), "registry.example.com/base:1"
    done = daskgen("image", "prod", "--workbench", "--base", base, root=root)
    assert f"\nFROM {base}\n" in done.stdout
    assert "dask==2026.8.0 distributed==2026.8.0" in done.stdout
    assert "image: registry.example.com/workbenches/dask:2026.8.0-py3.12\n" in done.stderr
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").write_text(f"#!/bin/sh\necho {tmp_path}\n", "utf-8")
    (tmp_path / "bin/python").chmod(0o755)
    for step in done.stdout.replace("\\\n", "").replace("/opt/app-root/etc/jupyter", str(tmp_path)).splitlines():
        if step.startswith("RUN "):
            variables = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
            subprocess.run(["/bin/sh", "-ec", step.removeprefix("RUN ")], check=True, env=variables)
    data = files("daskgen") / "data/workbench"
    for name in ("dask_connection.py", "jupyter_server_config.py"):
        assert (tmp_path / name).read_text("utf-8") == (data / f"{name}.txt").read_text("utf-8")


def test_an_image_of_workbenches_needs_known_versions(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL.replace("2026.8.0-py3.12", "2026.8.0"))
    assert "does not name Dask and Python" in daskgen("image", "prod", "--workbench", root=root, code=2).stderr
    assert "FROM a/b:1" in daskgen("image", "prod", "--workbench", "--base", "a/b:1", root=root).stdout
    assert "--base is for --workbench" in daskgen("image", "prod", "--base", "a/b:1", root=root, code=2).stderr
