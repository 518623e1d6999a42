"""Packages that pods install when they start: the lock, what is rendered, and what comes back from an import."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from daskgen.kubernetes.kinds import find_pods
from daskgen.live.job import make_job
from daskgen.parts.lock import Pin, read_lock
from daskgen.parts.packages import Index
from daskgen.plan.cluster import plan_cluster
from daskgen.plan.effect import Kind
from support.fleets import read_cluster
from support.imports import import_text

HASH = "0123456789abcdef" * 4
LOCK = f"optuna==4.6.0 --hash=sha256:{HASH}\n"
PACKAGES: dict[str, Any] = {"install": "start", "pip": ["optuna==4.6.0"], "lock": LOCK}
NEAR: dict[str, Any] = {"url": "http://index.pypi.svc:8080/simple", "egress": [{"namespace": "pypi"}]}


def write(engine: str = "deployments", **packages: Any) -> str:
    spec = {"engine": engine, "namespace": "analytics", "image": "ghcr.io/dask/dask:2026.8.0-py3.12"}
    network = {"egress": [{"cidr": "192.0.2.0/24"}]}
    return yaml.safe_dump({**spec, "network": network, "workers": [{}], "packages": PACKAGES | packages})


def test_a_lock_is_read_as_pip_reads_it() -> None:
    text = f"""
# written by uv
Scikit_Learn[tests]==1.7.2 ; python_version >= "3.11" \\
    --hash=sha256:{HASH} \\
    --hash=sha256:{HASH}
    # via optuna

optuna == 4.6.0 --hash=sha512:{HASH}{HASH} # latest
"""
    assert read_lock(text) == [Pin("scikit-learn", "1.7.2"), Pin("optuna", "4.6.0")]


@pytest.mark.parametrize(
    "line",
    [
        "optuna==4.6.0",
        f"optuna==4.* --hash=sha256:{HASH}",
        f"optuna==4.6.0,!=4.6.1 --hash=sha256:{HASH}",
        f"optuna>=4.6.0 --hash=sha256:{HASH}",
        f"optuna==4.6.0 --hash=md5:{HASH}",
        f"optuna==4.6.0 --hash=sha256:{HASH[:-1]}",
        f"https://example.com/optuna.whl --hash=sha256:{HASH}",
        "--index-url https://pypi.example.com/simple",
        "-r other.txt",
    ],
)
def test_a_line_without_version_and_hash_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 is not name==version"):
        read_lock(LOCK + line)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://pypi.example.com/simple", "pypi.example.com", 443),
        ("http://index:8080/simple", "index", 8080),
        ("http://index", "index", 80),
        ("https://[fd00::1]/simple", "fd00::1", 443),
        ("http://[::1]:3141/root/pypi", "::1", 3141),
    ],
)
def test_the_port_of_an_index_is_that_of_its_url(url: str, host: str, port: int) -> None:
    index = Index.model_validate({"url": url})
    assert (index.host, index.port) == (host, port)


@pytest.mark.parametrize("engine", ["deployments", "operator"])
def test_every_pod_of_dask_installs_packages_first(engine: str, make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write(engine, index=NEAR)))
    assert not rendered.problems
    pods = [pod for body in rendered.objects for _, pod in find_pods(body)]
    assert len(pods) == 2
    for pod in pods:
        [first], [dask] = pod["initContainers"], pod["containers"]
        assert first["image"] == dask["image"]
        assert {"name": "PIP_INDEX_URL", "value": NEAR["url"]} in first["env"]
        assert {"name": "PIP_TRUSTED_HOST", "value": "index.pypi.svc"} in first["env"]
        assert {"name": "PYTHONPATH", "value": "/packages"} in dask["env"]
        [installed] = [mount for mount in first["volumeMounts"] if mount["mountPath"] == "/packages"]
        [searched] = [mount for mount in dask["volumeMounts"] if mount["mountPath"] == "/packages"]
        assert searched == {**installed, "readOnly": True}


def test_dask_spills_into_what_packages_leave_of_the_scratch_volume(make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write(size="2Gi", index=NEAR).replace("{}", "{scratch: 12Gi}")))
    [pod] = [pod for body in rendered.objects for _, pod in find_pods(body) if pod["containers"][0]["name"] == "worker"]
    spill = next(one["value"] for one in pod["containers"][0]["env"] if one["name"].endswith("MAX_SPILL"))
    assert spill == f"{int(10 * 1024 * 0.9)}Mi"


def test_policies_let_pods_reach_the_index_on_the_port_of_its_url(make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write(index=NEAR)))
    [policy] = [body for body in rendered.objects if body["metadata"]["name"] == "prod-packages"]
    assert policy["spec"]["egress"][0]["ports"] == [{"protocol": "TCP", "port": 8080}]


def test_the_client_of_smoke_has_the_packages_too(make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write(index=NEAR)))
    order: Any = {"address": "tcp://prod-scheduler:8786", "workers": 1, "timeout": 60, "workload": "sum"}
    pod = make_job(rendered.valid, rendered.objects, order)["spec"]["template"]["spec"]
    assert [one["name"] for one in pod["initContainers"]] == ["install-packages"]
    mounts = {mount["name"] for one in (*pod["initContainers"], *pod["containers"]) for mount in one["volumeMounts"]}
    assert mounts <= {volume["name"] for volume in pod["volumes"]}


def test_another_lock_rolls_the_workers_and_restarts_the_scheduler(make_fleet: Any) -> None:
    locks = (LOCK, LOCK.replace("4.6.0", "4.7.0"))
    old, new = (read_cluster(make_fleet(prod=write(index=NEAR, pip=[], lock=lock))) for lock in locks)
    plan = plan_cluster(old, new)
    assert plan
    assert [effect.kind for effect in plan.effects] == [Kind.RESTARTED, Kind.ROLLED]


@pytest.mark.parametrize("engine", ["deployments", "operator"])
def test_packages_come_back_from_an_import(engine: str, make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write(engine, index=NEAR["url"])))
    [imported] = import_text(yaml.safe_dump_all(rendered.objects)).clusters
    again = yaml.safe_load(imported.text)
    assert again["packages"] == {**PACKAGES, "index": NEAR["url"]}
    assert not {"patches", "env"}.intersection(again)
    assert again["workers"] == [{}]
