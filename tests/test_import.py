"""Manifests that others wrote, and the specs and reports they become: `tests/import/<case>/`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import FLEET, MakeFleet
from daskgen.checks.proof import prove
from daskgen.importing.report import format_json, format_result
from daskgen.importing.run import Imported, Result, run
from daskgen.kubernetes.objects import Object
from daskgen.outside import disk
from daskgen.render.cluster import RenderedCluster, render_cluster, render_clusters
from daskgen.spec.fleet import Fleet
from daskgen.spec.load import Settings
from daskgen.yaml.read import Source, parse
from daskgen.yaml.write import dump_all
from support.fleets import load
from test_cli import daskgen

HERE = Path(__file__).parent
CASES = sorted(path.name for path in (HERE / "import").iterdir())
GOLDEN = sorted(path.name for path in (HERE / "golden").iterdir() if path.name != "operator-job")
"""All but the one of a DaskJob, which is not imported."""

NO_FLEET = Settings(Fleet(), Source("daskgen.yaml", {}))

CUSTOM = ("DaskCluster", "DaskWorkerGroup", "DaskAutoscaler")

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


def read(case: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((HERE / "import" / case).glob("*.yaml"))}


def import_text(text: str, **options: str) -> Result:
    return run({"dask.yaml": text.encode()}, NO_FLEET, **options)


def render(imported: Imported) -> RenderedCluster:
    return render_cluster(NO_FLEET, parse(imported.text.encode(), imported.file))


def find(result: Result) -> list[tuple[str, int, int]]:
    return [(it.code, it.at.line, it.at.column) for it in result.problems]


@pytest.mark.parametrize("case", CASES)
def test_what_manifests_become(case: str, request: pytest.FixtureRequest) -> None:
    result = run(read(case), NO_FLEET)
    made = {it.file: it.text for it in result.clusters} | {"clusters/report.txt": format_result(result) + "\n"}
    root = HERE / "import" / case
    if request.config.getoption("--approve"):
        disk.write(root, made, (), force=True)
    assert {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.glob("clusters/*")} == made


@pytest.mark.parametrize("case", CASES)
def test_every_value_is_accounted_for(case: str) -> None:
    result = run(read(case), NO_FLEET)
    found = [(it.at, it.origin) for cluster in result.clusters for it in cluster.entries]
    assert len(found) == len(set(found)) > 0
    left = [it for cluster in result.clusters for it in cluster.entries if it.outcome == "left"]
    assert {it.origin[0] for it in left} <= {"jupyter"}


@pytest.mark.parametrize("case", GOLDEN)
def test_what_was_rendered_here_comes_back(case: str) -> None:
    for cluster in render_clusters(load(HERE / "golden" / case)):
        given = [it for it in cluster.objects if _has_pods(it)]
        [imported] = import_text(dump_all(given)).clusters
        assert _compare(it for it in render(imported).objects if _has_pods(it)) == _compare(given)


def _compare(objects: Iterable[Object]) -> list[str]:
    """Objects in one order, without the hashes in names: a configuration that is not imported is part of them."""
    texts = (json.dumps(_sort(it), sort_keys=True) for it in objects)
    return sorted(re.sub(r"(-dask|-worker-\w+)-[0-9a-f]{7}\b", r"\1", text) for text in texts)


def _has_pods(body: Object) -> bool:
    return body["kind"] in {*CUSTOM, "Deployment"}


def _sort(value: Any) -> Any:
    """Lists whose elements have names in the order of these: Kubernetes keeps none either when it merges them."""
    if isinstance(value, dict):
        return {key: _sort(item) for key, item in value.items()}
    if isinstance(value, list):
        named = all(isinstance(it, dict) and "name" in it for it in value)
        return sorted(map(_sort, value), key=str) if named else [_sort(it) for it in value]
    return value


@pytest.mark.tools
@pytest.mark.parametrize("case", ["chart", "several"])
def test_kustomize_builds_what_is_imported(case: str, make_fleet: MakeFleet) -> None:
    from support.fleets import render as render_tree  # noqa: PLC0415 - another render

    clusters = run(read(case), NO_FLEET, namespace="science").clusters
    root = make_fleet(**{it.name: it.text for it in clusters})
    fleet = load(root)
    assert prove(render_tree(root).tree, render_clusters(fleet), fleet.fleet.kubernetes) == []


def test_what_no_field_takes_is_patched() -> None:
    [imported] = import_text(
        DEPLOYMENT.replace("spec:\n      cont", "spec:\n      runtimeClassName: gvisor\n      cont")
    ).clusters
    patch = yaml.safe_load(imported.text)["patches"]
    assert patch == [
        {
            "target": {"kind": "Deployment", "name": "scheduler"},
            "patch": {"spec": {"template": {"spec": {"runtimeClassName": "gvisor"}}}},
        }
    ]


def test_a_value_that_a_field_refuses_is_patched() -> None:
    text = DEPLOYMENT.replace("spec:\n      cont", "spec:\n      priorityClassName: Not_A_Name\n      cont")
    [imported] = import_text(text).clusters
    assert "scheduler" not in yaml.safe_load(imported.text)
    assert [it.outcome for it in imported.entries if it.origin[-1] == "priorityClassName"] == ["patch"]


def test_what_a_patch_cannot_bring_back_is_left_over() -> None:
    # In a patch, this would mean the account that is rendered.
    text = DEPLOYMENT.replace("spec:\n      cont", "spec:\n      serviceAccountName: dask\n      cont")
    [imported] = import_text(text).clusters
    assert "patches" not in yaml.safe_load(imported.text)
    assert [it.origin[-1] for it in imported.entries if it.outcome == "left"] == ["serviceAccountName"]
    assert "left over" in format_result(import_text(text))


def test_what_kubernetes_fills_in_is_not_asked_for() -> None:
    filled = "spec:\n      dnsPolicy: ClusterFirst\n      schedulerName: default-scheduler\n      cont"
    [imported] = import_text(DEPLOYMENT.replace("spec:\n      cont", filled)).clusters
    assert imported.text == import_text(DEPLOYMENT).clusters[0].text


def test_options_of_the_command_are_added_to_the_rendered_one() -> None:
    [imported] = import_text(
        DEPLOYMENT.replace("scheduler]", "scheduler, --port, '9000', --preload, setup.py]")
    ).clusters
    [scheduler] = [
        it for it in render(imported).objects if it["metadata"]["name"] == "dask-scheduler" and _has_pods(it)
    ]
    assert scheduler["spec"]["template"]["spec"]["containers"][0]["args"][-1] == "--preload=setup.py"
    assert yaml.safe_load(imported.text)["patches"][0]["patch"][0]["op"] == "add"


def test_a_fleet_s_defaults_are_not_repeated_nor_lost() -> None:
    defaults = {"namespace": "shared", "scheduler": {"memory": "8Gi"}}
    fleet = Settings(Fleet(defaults=defaults), Source("daskgen.yaml", {"defaults": defaults}))
    text = DEPLOYMENT.replace(", namespace: science", "").replace("args:", "resources: {limits: {memory: 2Gi}}, args:")
    [imported] = run({"dask.yaml": text.encode()}, fleet).clusters
    spec = yaml.safe_load(imported.text)
    assert "namespace" not in spec
    assert spec["scheduler"] == {"memory": "2Gi"}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("image: ghcr.io", "image: [", ("DG001", 8, 79)),
        ("metadata: {", "metadata: {<<: 1, ", ("DG004", 3, 12)),
        ("containers:\n      -", "containers:\n       ", ("DG610", 8, 9)),
        ("kind: Deployment", "{{ if .Values.on }}", ("DG602", 2, 1)),
        ("kind: Deployment", "kind: Job", ("DG607", 1, 1)),
        ("name: dask-scheduler", "name: dask_scheduler", ("DG608", 3, 18)),
        ("ghcr.io/dask", "ghcr.io/Dask", ("DG608", 1, 1)),
    ],
)
def test_errors_are_found_where_they_are(before: str, after: str, found: tuple[str, int, int]) -> None:
    assert before in DEPLOYMENT
    result = import_text(DEPLOYMENT.replace(before, after))
    assert found in find(result)
    assert result.clusters == ()


def test_two_clusters_of_one_name() -> None:
    result = import_text(f"{DEPLOYMENT}---\n{DEPLOYMENT}")
    assert find(result) == [("DG201", 12, 18)]
    assert "dask.yaml:3 already" in result.problems[0].message


def test_a_group_without_its_cluster() -> None:
    text = "kind: DaskWorkerGroup\nmetadata: {name: more}\nspec: {cluster: gone, worker: {replicas: 1}}\n"
    assert ("DG609", 3, 17) in find(import_text(text))


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff" * 100, b"a: b\n" * 300_000, b"- a\n", b"kind: {}\n", b"\xef\xbb\xbf# nothing\n"]
)
def test_files_that_hold_no_cluster(data: bytes) -> None:
    result = run({"file.yaml": data}, NO_FLEET)
    assert result.clusters == ()
    assert {"DG001", "DG009", "DG607", "DG610"}.intersection(it.code for it in result.problems)


def test_what_the_operator_made_is_left_to_it() -> None:
    owned = DEPLOYMENT.replace("name: dask-", "ownerReferences: [{kind: DaskCluster}], name: dask-")
    assert find(import_text(owned)) == [("DG605", 1, 1), ("DG607", 1, 1)]


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, "x", 0, True, [], {}, ["a"], {"a": 1}, [{}], [None], {"name": "x"}, -1, "", [["a"]]]
)


@settings(max_examples=150)
@given(data=st.data())
def test_no_manifest_makes_it_fail(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(["chart", "openshift", "pod", "several"]))
    documents = [it for text in read(case).values() for it in yaml.safe_load_all(text)]
    places = [place for it in documents for place in _find_places(it)]
    for holder, key in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)):
        holder[key] = data.draw(JUNK)
    text = "---\n".join(f"{json.dumps(it)}\n" for it in documents)
    result = import_text(text)
    assert format_result(result)
    assert json.loads(format_json(result))["kind"] == "Import"


def _find_places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a document: what holds it, and under which key."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(value, key), *_find_places(value[key])]]


def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    for name, data in read("openshift").items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-m", "daskgen", "import", "scheduler.yaml", "service.yaml", "worker.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    page = (HERE.parent / "docs/import.md").read_text("utf-8")
    assert f"worker.yaml\n{done.stderr}{done.stdout}```" in page
    assert f"```yaml\n{(tmp_path / 'clusters/dask.yaml').read_text('utf-8')}```" in page


def test_the_command_writes_beside_the_fleet_or_anywhere(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    done = daskgen("import", str(tmp_path / "manifest.yaml"), root=tmp_path)
    assert (tmp_path / "clusters/dask.yaml").read_text("utf-8").startswith("# Imported by daskgen from ")
    assert "clusters/dask.yaml from" in done.stdout
    assert "next: daskgen render" in done.stderr
    daskgen("import", str(tmp_path / "manifest.yaml"), "--out", str(tmp_path / "a/b"), "--name", "other", root=tmp_path)
    assert (tmp_path / "a/b/other.yaml").is_file()


def test_the_command_replaces_nothing_unless_forced(make_fleet: MakeFleet) -> None:
    root = make_fleet(FLEET, dask="mine: yes\n")
    (root / "manifest.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    refused = daskgen("import", str(root / "manifest.yaml"), root=root, code=2)
    assert "dask.yaml; --force replaces it. Nothing was written." in refused.stderr
    assert (root / "clusters/dask.yaml").read_text("utf-8") == "mine: yes\n"
    daskgen("import", str(root / "manifest.yaml"), "--force", root=root)
    assert daskgen("import", str(root / "manifest.yaml"), root=root).stderr.startswith("unchanged: ")
    daskgen("render", root=root)


def test_the_command_writes_nothing_on_errors(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("kind: [\n", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("good.yaml", "bad.yaml")]
    assert "bad.yaml:2:1: error[DG001]" in daskgen("import", *files, root=tmp_path, code=1).stdout
    assert not (tmp_path / "clusters").exists()
    assert "cannot be read" in daskgen("import", str(tmp_path / "none.yaml"), root=tmp_path, code=2).stderr


def test_the_command_prints_specs_or_json(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    done = daskgen("import", "--stdout", str(tmp_path / "manifest.yaml"), root=tmp_path)
    assert yaml.safe_load(done.stdout)["namespace"] == "science"
    assert not (tmp_path / "clusters").exists()
    document: Mapping[str, Any] = json.loads(
        daskgen("import", "--format", "json", str(tmp_path / "manifest.yaml"), root=tmp_path).stdout
    )
    [cluster] = document["clusters"]
    assert {it["outcome"] for it in cluster["values"]} == {"field", "difference", "same"}
