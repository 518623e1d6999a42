"""TLS that is turned on by hand gives clusters that never form, wherever it is turned on."""

from __future__ import annotations

from typing import Any

import pytest

from support.judging import find_codes, judge, patch_container


@pytest.mark.parametrize(
    "config",
    [
        {"comm": {"require-encryption": True}},
        {"comm": {"require_encryption": True}},
        {"comm": {"default-scheme": "tls"}},
        {"comm": {"default-scheme": "ws"}},
        {"comm": {"tls": {"ca-file": "/certs/ca.crt"}}},
        {"scheduler": {"dashboard": {"tls": {"cert": "/certs/tls.crt"}}}},
    ],
)
def test_configuration(config: Any) -> None:
    (problem,) = judge(config={"distributed": config})
    assert problem.code == "DG250"
    assert "tls: {issuer: cert-manager}" in problem.hint


@pytest.mark.parametrize(
    "config",
    [
        {"comm": {"require-encryption": False, "default-scheme": "tcp", "timeouts": {"connect": "10s"}}},
        {"comm": {"tls": {}}},
        {"scheduler": {"dashboard": {"tls": {}}}},
    ],
)
def test_configuration_that_turns_nothing_on(config: Any) -> None:
    assert find_codes(config={"distributed": config}) == set()


@pytest.mark.parametrize(
    "name",
    [
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION",
        "DASK_DISTRIBUTED__COMM__DEFAULT_SCHEME",
        "DASK_DISTRIBUTED__COMM__TLS__CA_FILE",
        "DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__TLS__CERT",
    ],
)
def test_variables(name: str) -> None:
    assert find_codes(env={name: "tls"}) == {"DG250"}
    assert find_codes(scheduler={"env": {name: {"secret": "dask-tls", "key": "ca.crt"}}}) == {"DG250"}
    assert find_codes(patch_container(env=[{"name": name, "value": "tls"}])) == {"DG250"}


OPEN = {"kind": "none", "reason": "only the team reaches the host"}


def test_the_address_that_a_patch_gives_to_workers() -> None:
    address = {"name": "DASK_SCHEDULER_ADDRESS", "value": "tls://prod-scheduler:8786"}
    assert find_codes(patch_container(env=[address])) == {"DG250"}


@pytest.mark.parametrize("options", [["--protocol", "tls"], ["--protocol=tls"], ["--tls-ca-file", "/certs/ca.crt"]])
def test_options(options: list[str]) -> None:
    assert find_codes(patch_container(args=["dask", "worker", *options])) == {"DG250"}
    assert find_codes(patch_container(args=["dask", "worker", "--protocol", "tcp"])) == set()


def test_a_patched_file() -> None:
    text = "distributed: {comm: {require-encryption: true}}"
    (problem,) = judge(("ConfigMap dask", {"data": {"dask.yaml": text}}))
    assert problem.code == "DG250"
    assert find_codes(("ConfigMap dask", {"data": {"dask.yaml": "{"}})) == set()


def test_a_variable_that_an_operation_appends() -> None:
    variable = {"name": "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION", "value": "true"}
    operations = [{"op": "add", "path": "/spec/template/spec/containers/0/env/-", "value": variable}]
    assert find_codes(("Deployment worker", operations)) == {"DG250"}


def test_a_dashboard_behind_a_route_has_tls_of_its_own() -> None:
    route = {"kind": "route", "host": "dask.apps.example.com", "termination": "reencrypt", "auth": OPEN}
    patch = {
        "spec": {"template": {"spec": {"containers": [{"name": "scheduler", "env": [{"name": "A", "value": "b"}]}]}}}
    }
    assert find_codes(("Deployment scheduler", patch), platform="openshift", expose={"dashboard": route}) == set()


TLS = {"issuer": "cert-manager"}


@pytest.mark.parametrize(
    "comm",
    [
        {"require-encryption": False},
        {"default-scheme": "tcp"},
        {"tls": {"min-version": 1.2}},
        {"tls": {"ca-file": "/certs/ca.crt"}},
        {"tls": {"worker": {"cert": "/certs/tls.crt"}}},
    ],
)
def test_configuration_that_contradicts_tls(comm: Any) -> None:
    assert find_codes(tls=TLS, config={"distributed": {"comm": comm}}) == {"DG330"}


def test_configuration_beside_tls() -> None:
    comm = {"require-encryption": True, "tls": {"ciphers": "ECDHE+AESGCM", "min-version": 1.3}}
    assert find_codes(tls=TLS, config={"distributed": {"comm": comm}}) == set()


def test_the_protocol_of_an_encrypted_cluster() -> None:
    assert find_codes(patch_container(args=["dask", "worker", "--protocol", "tcp"]), tls=TLS) == {"DG330"}
    assert find_codes(patch_container(args=["dask", "worker", "--protocol", "tls"]), tls=TLS) == set()
    address = {"name": "DASK_SCHEDULER_ADDRESS", "value": "tcp://prod-scheduler:8786"}
    assert find_codes(patch_container(env=[address]), tls=TLS) == {"DG330"}


@pytest.mark.parametrize(
    ("lifetime", "stagger", "codes"),
    [("29 days", "12h", set()), ("29 days", "24h", {"DG332"}), ("31d", "1h", {"DG332"}), ("6 weeks", "1h", {"DG332"})],
)
def test_workers_end_before_their_certificates(lifetime: str, stagger: str, codes: set[str]) -> None:
    workers = [{"replicas": 2, "lifetime": lifetime, "lifetimeStagger": stagger}]
    assert find_codes(tls=TLS, workers=workers) == codes


def test_an_encrypted_scheduler_may_be_exposed() -> None:
    scheduler = {"kind": "nodeport", "port": 30786, "sources": ["192.168.0.0/16"]}
    assert find_codes(expose={"scheduler": scheduler}) == {"DG301"}
    assert find_codes(expose={"scheduler": scheduler}, tls=TLS) == set()


def test_an_exposure_that_finds_the_scheduler_by_name() -> None:
    scheduler = {"kind": "route", "host": "dask.apps.example.com"}
    assert find_codes(platform="openshift", expose={"scheduler": scheduler}) == {"DG331"}
    assert find_codes(platform="openshift", expose={"scheduler": scheduler}, tls=TLS) == set()
