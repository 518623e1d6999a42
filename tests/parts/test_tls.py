"""Configuration of TLS, and what a scheduler does when its certificate is renewed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from daskgen.issuer import name_secrets
from daskgen.parts.tls import ROLES, Encryption, Renewal


def encrypt(renewal: Renewal = "reload", before: timedelta = timedelta(hours=720)) -> Encryption:
    return Encryption(name_secrets("prod"), before, renewal)


def test_every_role_has_the_certificate_of_its_own_pod() -> None:
    comm = encrypt().configure({})["distributed"]["comm"]
    assert comm["require-encryption"] is True
    assert comm["tls"]["min-version"] == 1.3
    assert {comm["tls"][role]["cert"] for role in ROLES} == {"/etc/dask-tls/tls.crt"}


def test_workers_end_twice_before_a_certificate_is_renewed() -> None:
    lifetime = encrypt().configure({})["distributed"]["worker"]["lifetime"]
    assert lifetime == {"duration": "1296000s", "stagger": "3600s"}
    lifetime = encrypt(before=timedelta(minutes=10)).configure({})["distributed"]["worker"]["lifetime"]
    assert lifetime == {"duration": "300s", "stagger": "30s"}


def test_what_the_spec_configures_stays() -> None:
    config = {"distributed": {"comm": {"tls": {"ciphers": "ECDHE+AESGCM"}}, "worker": {"lifetime": {"duration": "1h"}}}}
    made = encrypt().configure(config)["distributed"]
    assert made["comm"]["tls"]["ciphers"] == "ECDHE+AESGCM"
    assert made["comm"]["tls"]["ca-file"] == "/etc/dask-tls/ca.crt"
    assert made["worker"]["lifetime"]["duration"] == "1h"


@pytest.mark.parametrize("listed", ["team.plugins", ["team.plugins"]])
def test_preloads_of_the_spec_are_loaded_too(listed: Any) -> None:
    preload = encrypt().configure({"distributed": {"scheduler": {"preload": listed}}})["distributed"]["scheduler"]
    assert preload["preload"] == [encrypt().script, "team.plugins"]


@pytest.mark.parametrize(("renewal", "word"), [("reload", "load_cert_chain"), ("restart", "scheduler.close")])
def test_a_scheduler_follows_its_certificate(renewal: Renewal, word: str) -> None:
    script = encrypt(renewal).script
    compile(script, "script", "exec")
    assert word in script.partition("async def renew")[2]


def test_a_scheduler_that_keeps_its_certificate_loads_nothing() -> None:
    assert encrypt("keep").script == ""
    assert "scheduler" not in encrypt("keep").configure({})["distributed"]
