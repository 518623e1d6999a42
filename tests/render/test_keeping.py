"""What is kept never changes what is rendered, whatever is edited."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import SMALL
from daskgen.findings.problem import ProblemsError
from daskgen.outside.files import Files, read_folder
from daskgen.render import keeping
from daskgen.render.keeping import list_keys, unpack_all
from daskgen.render.tree import RenderedFleet, render_fleet
from daskgen.spec.load import load_fleet
from support.commands import daskgen, snapshot
from support.places import GOLDEN


class Memory:
    """Keeps values, and counts what is added."""

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.added = 0

    def find(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        return {key: self.values[key] for key in keys if key in self.values}

    def add(self, values: Mapping[bytes, bytes]) -> None:
        self.values.update(values)
        self.added += len(values)


def render(files: Files, keep: Memory | None = None, only: Sequence[str] = ()) -> RenderedFleet | Sequence[object]:
    """Render a fleet; its problems if daskgen.yaml has errors."""
    try:
        return render_fleet(load_fleet(files), None, only, keep)
    except ProblemsError as error:
        return error.problems


@pytest.mark.parametrize("folder", sorted(GOLDEN.iterdir()), ids=lambda folder: folder.name)
def test_what_is_kept_is_what_is_rendered(folder: Path) -> None:
    files, keep = read_folder(folder), Memory()
    first = render(files, keep)
    assert first == render(files)
    added = keep.added
    assert render(files, keep) == first
    assert keep.added == added == len(files.clusters)


PIECES = (
    SMALL,
    "namespace: {name: analytics, create: true}\nimage: dask:1\nworkers: [{}]\n",
    "expose: {dashboard: {kind: nodeport, port: 30787, sources: [10.0.0.0/8]}}\n",
    "waive: [{rule: DG302, reason: a test}]\n",
    "renamedFrom: b\n",
    "scheduler: {memory: 2Gi}\n",
    "memory: 1\n",
    "name: b\n",
    "}",
)
SETTINGS = (
    "apiVersion: daskgen/v1\n",
    "defaults: {scheduler: {cpu: 2}}\n",
    "kubernetes: '1.33'\n",
    "delivery: {kind: argocd, repository: 'https://example.com/a.git'}\n",
    "removed: [c]\n",
    "policy: {registries: [ghcr.io]}\n",
    "x: 1\n",
)
EDITS = st.tuples(st.sampled_from(["a", "b", "c"]), st.lists(st.sampled_from(PIECES), max_size=4, unique=True))


@given(st.lists(st.tuples(st.lists(st.sampled_from(SETTINGS), max_size=3, unique=True), EDITS), max_size=6))
@settings(max_examples=60)
def test_no_edit_is_overlooked(edits: list[tuple[list[str], tuple[str, list[str]]]]) -> None:
    keep, contents = Memory(), {"clusters/a.yaml": SMALL.encode()}
    for shared, (name, pieces) in edits:
        contents = {
            **contents,
            "daskgen.yaml": "".join(shared).encode(),
            f"clusters/{name}.yaml": "".join(pieces).encode(),
        }
        files = Files(contents)
        assert render(files, keep) == render(files)
        assert render(files, keep, ["a"]) == render(files, None, ["a"])


def test_only_what_is_edited_is_rendered() -> None:
    keep = Memory()
    contents = {"daskgen.yaml": b"", **{f"clusters/{name}.yaml": SMALL.encode() for name in "abc"}}
    render(Files(contents), keep)
    assert keep.added == 3
    render(Files({**contents, "clusters/b.yaml": SMALL.replace("2", "3").encode()}), keep)
    assert keep.added == 4
    render(Files({**contents, "clusters/d.yaml": SMALL.encode()}), keep)
    assert keep.added == 5


def test_keys_change_with_daskgen_and_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = load_fleet(Files({"daskgen.yaml": b"", "clusters/a.yaml": SMALL.encode()}))
    keys = [list_keys(fleet)]
    for name, value in (("_find_version", lambda _: "0"), ("_walk", lambda _: ["__init__.py"])):
        monkeypatch.setattr(keeping, name, value)
        keeping.hash_program.cache_clear()
        keys.append(list_keys(fleet))
    monkeypatch.undo()
    keeping.hash_program.cache_clear()
    assert len({tuple(each) for each in keys}) == 3
    assert list_keys(fleet) == keys[0]


def test_code_in_what_is_kept_is_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "made"),)

    assert unpack_all({b"a": pickle.dumps(Evil()), b"b": b"x", b"c": b""}) == {}
    assert not (tmp_path / "made").exists()


def test_the_command_keeps_what_it_renders(tmp_path: Path) -> None:
    env = {"DASKGEN_KEEP": "1", "DASKGEN_CACHE": str(tmp_path / "cache")}
    daskgen("init", "fleet", root=tmp_path)
    root = tmp_path / "fleet"
    daskgen("render", root=root, env=env)
    first = snapshot(root)
    assert "0 written, 0 removed" in daskgen("render", root=root, env=env).stderr
    spec = root / "clusters/dev.yaml"
    spec.write_text(spec.read_text("utf-8").replace("memory: 4Gi", "memory: 6Gi"), encoding="utf-8")
    daskgen("render", root=root, env=env)
    daskgen("render", "--check", root=root)
    assert snapshot(root) != first
