"""What becomes of a value: a field, a patch, a reason."""

from __future__ import annotations

import yaml

from daskgen.importing.report import format_result
from daskgen.importing.run import run
from daskgen.spec.fleet import Fleet
from daskgen.spec.load import Settings
from daskgen.yaml.read import Source
from support.imports import DEPLOYMENT, find_containers, import_text, render_import


def test_what_no_field_takes_is_patched() -> None:
    [imported] = import_text(
        DEPLOYMENT.replace("spec:\n      cont", "spec:\n      preemptionPolicy: Never\n      cont")
    ).clusters
    patch = yaml.safe_load(imported.text)["patches"]
    assert patch == [
        {
            "target": {"kind": "Deployment", "name": "scheduler"},
            "patch": {"spec": {"template": {"spec": {"preemptionPolicy": "Never"}}}},
        }
    ]


def test_a_value_that_a_field_refuses_is_patched() -> None:
    # Kubernetes takes variables whose names no shell could set.
    text = DEPLOYMENT.replace("args:", "env: [{name: MY.VARIABLE, value: x}], args:")
    [imported] = import_text(text).clusters
    assert "scheduler" not in yaml.safe_load(imported.text)
    assert {entry.outcome for entry in imported.entries if "env" in entry.origin} == {"patch"}


def test_what_a_patch_cannot_bring_back_is_left_over() -> None:
    # In a patch, this would mean the account that is rendered.
    text = DEPLOYMENT.replace("spec:\n      cont", "spec:\n      serviceAccountName: dask\n      cont")
    [imported] = import_text(text).clusters
    assert "patches" not in yaml.safe_load(imported.text)
    assert [entry.origin[-1] for entry in imported.entries if entry.outcome == "left"] == ["serviceAccountName"]
    assert "not imported" in format_result(import_text(text))


def test_what_kubernetes_fills_in_is_not_asked_for() -> None:
    filled = "spec:\n      dnsPolicy: ClusterFirst\n      schedulerName: default-scheduler\n      cont"
    [imported] = import_text(DEPLOYMENT.replace("spec:\n      cont", filled)).clusters
    assert imported.text == import_text(DEPLOYMENT).clusters[0].text


def test_options_of_the_command_are_added_to_the_rendered_one() -> None:
    [imported] = import_text(
        DEPLOYMENT.replace("scheduler]", "scheduler, --port, '9000', --preload, setup.py, --idle-timeout, 2h]")
    ).clusters
    scheduler, _ = find_containers(render_import(imported).objects)
    assert scheduler["args"][-2:] == ["--preload=setup.py", "--idle-timeout=2h"]
    assert yaml.safe_load(imported.text)["scheduler"] == {"preload": ["setup.py"], "args": ["--idle-timeout=2h"]}


def test_a_fleet_s_defaults_are_not_repeated_nor_lost() -> None:
    defaults = {"namespace": "shared", "scheduler": {"memory": "8Gi"}}
    fleet = Settings(Fleet(defaults=defaults), Source("daskgen.yaml", {"defaults": defaults}))
    text = DEPLOYMENT.replace(", namespace: science", "").replace("args:", "resources: {limits: {memory: 2Gi}}, args:")
    [imported] = run({"dask.yaml": text.encode()}, fleet).clusters
    spec = yaml.safe_load(imported.text)
    assert "namespace" not in spec
    assert spec["scheduler"] == {"memory": "2Gi"}
