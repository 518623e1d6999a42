"""What each kind of source becomes: commands, live objects, values of the chart."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from daskgen.importing.reading.command import read_command
from daskgen.importing.report import format_result
from daskgen.yaml.write import dump_all
from support.imports import DEPLOYMENT, find_containers, import_text, list_findings, render_import

IMAGE = "image: {repository: ghcr.io/dask/dask, tag: 2026.8.0-py3.11}"

ASKED = "livenessProbe: {tcpSocket: {port: %s}}, args:"


@pytest.mark.parametrize(
    ("words", "program", "folder"),
    [
        (["dask", "worker"], "dask worker", ""),
        (["tini", "-g", "--", "/usr/bin/prepare.sh", "dask", "worker"], "dask worker", ""),
        (["/opt/app/bin/dask-worker"], "dask-worker", "/opt/app/bin"),
        (["/usr/local/bin/dask", "scheduler"], "dask scheduler", ""),
        (["/opt/venv/bin/python3.11", "-u", "-m", "distributed.cli.dask_worker"], "dask-worker", "/opt/venv/bin"),
        (["python", "-m", "dask", "scheduler"], "dask scheduler", ""),
        (["/bin/bash", "-c", "exec dask worker $SCHEDULER:8786 \\\n --nthreads 1"], "dask worker", ""),
        (["sh", "-e", "-c", "dask-scheduler"], "dask-scheduler", ""),
    ],
)
def test_commands_that_start_dask(words: list[str], program: str, folder: str) -> None:
    command = read_command({"command": words[:1], "args": words[1:]})
    assert command
    assert (command.program, command.folder) == (program, folder)


@pytest.mark.parametrize(
    "words",
    [
        ["dask-cuda-worker"],
        ["dask", "cuda", "worker"],
        ["./start.sh"],
        ["python", "worker.py"],
        ["bash", "-c", "pip install s3fs && dask worker"],
        ["bash", "-c", "set -e\ndask worker"],
        ["bash", "-c", "dask worker $(cat address)"],
        ["conda", "run", "-n", "app", "dask", "worker"],
        ["env", "A=b", "dask", "worker"],
        ["dask", "worker"],
    ],
)
def test_another_program_than_the_scheduler_is_refused(words: list[str]) -> None:
    result = import_text(DEPLOYMENT.replace("[dask, scheduler]", str(words)))
    codes = {finding[0] for finding in list_findings(result)}
    assert codes & {"DG611", "DG613"}
    assert all(
        "command" not in container
        for found in result.clusters
        for container in find_containers(render_import(found).objects)
    )


def test_an_option_with_a_variable_of_the_shell_is_refused() -> None:
    script = "[bash, -c, 'dask scheduler --preload $SETUP']"
    result = import_text(DEPLOYMENT.replace("[dask, scheduler]", script))
    assert "--preload uses the variable SETUP" in result.problems[0].message


def test_a_program_in_a_folder_of_its_own_is_kept() -> None:
    [imported] = import_text(DEPLOYMENT.replace("args: [dask, ", "command: [/venv/bin/dask, ")).clusters
    scheduler, _ = find_containers(render_import(imported).objects)
    assert scheduler["args"][:2] == ["/venv/bin/dask", "scheduler"]


@pytest.mark.parametrize(("port", "kept"), [(8786, True), (8787, True), (9000, False), ("comm", False)])
def test_a_probe_is_kept_where_its_port_is_rendered(port: Any, kept: bool) -> None:
    [imported] = import_text(DEPLOYMENT.replace("args:", ASKED % port)).clusters
    scheduler, _ = find_containers(render_import(imported).objects)
    assert ("tcpSocket" in scheduler["livenessProbe"]) == kept
    assert {entry.outcome for entry in imported.entries if "livenessProbe" in entry.origin} == {
        "patch" if kept else "difference"
    }


def test_what_the_cluster_notes_in_objects_that_were_rendered_here_is_not_patched() -> None:
    [first] = import_text(DEPLOYMENT).clusters
    objects = [body for body in render_import(first).objects if body["kind"] in ("Deployment", "Service")]
    for body in objects:
        body["metadata"] |= {"uid": "1", "managedFields": [{"manager": "kubectl"}], "finalizers": ["x/y"]}
        body["metadata"]["annotations"] = {"argocd.argoproj.io/tracking-id": "dask"}
        body["status"] = {"observedGeneration": 1}
        if body["kind"] == "Service":
            body["spec"] |= {"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"]}
    [again] = import_text(dump_all(objects)).clusters
    assert "patches" not in yaml.safe_load(again.text)


ELSEWHERE = "scheduler: {enabled: false, replicas: 1}\njupyter: {}\nworker: {%s}\n"


def test_workers_of_a_scheduler_elsewhere_join_it() -> None:
    [imported] = import_text(ELSEWHERE % f"{IMAGE}, custom_scheduler_url: 'tcp://main.team:8786'").clusters
    assert yaml.safe_load(imported.text)["scheduler"] == {"address": "tcp://main.team:8786"}


def test_workers_of_an_unknown_scheduler_are_not_imported() -> None:
    result = import_text(ELSEWHERE % IMAGE)
    assert list_findings(result) == [("DG612", 1, 22)]
    assert not result.clusters


def test_workers_of_several_schedulers_are_several_clusters() -> None:
    other = "additional_worker_groups: [{name: b, custom_scheduler_url: 'tcp://b:8786'}]\n"
    result = import_text(ELSEWHERE % f"{IMAGE}, custom_scheduler_url: 'tcp://a:8786'" + other)
    assert ("DG612", 4, 60) in list_findings(result)


def test_a_group_of_the_chart_has_three_workers_unless_it_says_otherwise() -> None:
    text = (
        f"worker: {{{IMAGE}}}\nadditional_worker_groups: [{{name: big}}, {{name: one, replicas: 1}}]\njupyter: {{}}\n"
    )
    [imported] = import_text(text).clusters
    assert [group.get("replicas", 1) for group in yaml.safe_load(imported.text)["workers"]] == [3, 3, 1]


def test_workers_without_a_scheduler_get_one_and_it_is_said() -> None:
    text = DEPLOYMENT.replace("dask-scheduler", "dask-workers").replace("scheduler", "worker")
    result = import_text(text)
    assert [problem.code for problem in result.problems] == ["DG613"]
    assert {"Deployment: scheduler", "Service: scheduler"} <= set(result.clusters[0].added)
    assert "name" not in yaml.safe_load(result.clusters[0].text)["workers"][0]


def test_limits_that_were_not_given_are_listed() -> None:
    text = DEPLOYMENT.replace("args:", "resources: {requests: {cpu: 1}, limits: {memory: 2Gi}}, args:")
    assert "resources of scheduler: ephemeral-storage 1Gi" in format_result(import_text(text))


def test_a_request_without_a_limit_stays_one() -> None:
    text = DEPLOYMENT.replace("args:", "resources: {requests: {cpu: 250m, memory: 1Gi}, limits: {memory: 3Gi}}, args:")
    [imported] = import_text(text).clusters
    scheduler = yaml.safe_load(imported.text)["scheduler"]
    assert scheduler == {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"memory": "3Gi"}}


def test_the_image_is_that_of_the_first_part_that_names_one() -> None:
    [imported] = import_text(f"worker: {{{IMAGE}}}\njupyter: {{}}\n").clusters
    assert yaml.safe_load(imported.text)["image"] == "ghcr.io/dask/dask:2026.8.0-py3.11"


HUB = """\
jupyterhub:
  singleuser:
    image: {name: registry.example.com/notebook, tag: "1"}
    extraEnv: {A: b}
  proxy: {secretToken: 1f2e3d}
dask-gateway:
  gateway: {backend: {image: {name: registry.example.com/dask, tag: "1"}}, prefix: /dask}
rbac: {enabled: true}
"""


def test_each_value_of_a_hub_is_named_with_its_field() -> None:
    result = import_text(HUB)
    told = {problem.message for problem in result.problems if problem.code == "DG618"}
    assert told == {
        "jupyterhub.singleuser.image becomes notebooks.0.image",
        "jupyterhub.singleuser.extraEnv becomes notebooks.0.values, as it is",
        "jupyterhub.proxy.secretToken becomes nothing: the chart creates a token, "
        "and one in Git is known to all who read it",
        "dask-gateway.gateway.backend.image becomes image",
        "dask-gateway.gateway.prefix becomes nothing: users create clusters by KubeCluster, and no gateway is needed",
        "rbac becomes nothing: users create clusters by KubeCluster, and no gateway is needed",
    }
    [error] = [problem for problem in result.problems if problem.severity == "error"]
    assert error.hint == "write a file of kind: JupyterHub with the fields named below, as docs/notebooks.md shows"


def test_values_of_the_hubs_own_chart_are_known_too() -> None:
    result = import_text("singleuser: {cpu: {limit: 2}}\nhub: {db: {type: sqlite-memory}}\n")
    assert [(problem.code, problem.at.line) for problem in result.problems if problem.code == "DG618"] == [
        ("DG618", 1),
        ("DG618", 2),
    ]
