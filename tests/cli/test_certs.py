"""Certificates for development, and those of people."""

from __future__ import annotations

import stat
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509

from conftest import SMALL, MakeFleet
from support.commands import daskgen

GIVEN = "tls: {issuer: secrets}\n"


def make_certs(root: Path, folder: Path, *options: str) -> dict[str, Any]:
    daskgen("certs", "prod", "--output", str(folder), *options, root=root)
    secrets = yaml.safe_load_all((folder / "secrets.yaml").read_text("utf-8"))
    return {secret["metadata"]["name"]: secret for secret in secrets}


def read_certificate(secret: Any) -> x509.Certificate:
    return x509.load_pem_x509_certificate(b64decode(secret["data"]["tls.crt"]))


def test_the_secrets_that_the_spec_expects(make_fleet: MakeFleet, tmp_path: Path) -> None:
    secrets = make_certs(make_fleet(prod=SMALL + GIVEN), tmp_path / "keys")
    assert set(secrets) == {"prod-scheduler-tls", "prod-worker-tls", "prod-client-tls"}
    for secret in secrets.values():
        assert secret["metadata"]["namespace"] == "analytics"
        assert secret["type"] == "kubernetes.io/tls"
        assert set(secret["data"]) == {"ca.crt", "tls.crt", "tls.key"}


def test_one_secret_for_several_roles_may_do_what_each_needs(make_fleet: MakeFleet, tmp_path: Path) -> None:
    shared = "tls: {issuer: {kind: secrets, scheduler: dask, worker: dask, client: dask}}\n"
    [secret] = make_certs(make_fleet(prod=SMALL + shared), tmp_path / "keys").values()
    usages = read_certificate(secret).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert len(list(usages)) == 2


def test_the_authority_stays_and_only_its_owner_reads_it(make_fleet: MakeFleet, tmp_path: Path) -> None:
    root, folder = make_fleet(prod=SMALL + GIVEN), tmp_path / "keys"
    first, second = make_certs(root, folder), make_certs(root, folder, "--days", "7")
    name = "prod-worker-tls"
    assert first[name]["data"]["ca.crt"] == second[name]["data"]["ca.crt"]
    assert read_certificate(first[name]).not_valid_after_utc > read_certificate(second[name]).not_valid_after_utc
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_keys_are_kept_out_of_git(make_fleet: MakeFleet, tmp_path: Path) -> None:
    (tmp_path / "work" / ".git").mkdir(parents=True)
    run = daskgen("certs", "prod", "--output", str(tmp_path / "work/keys"), root=make_fleet(prod=SMALL + GIVEN), code=2)
    assert "no key belongs" in run.stderr
    assert not (tmp_path / "work/keys").exists()


@pytest.mark.parametrize(("spec", "said"), [("", "has no tls"), ("tls: {issuer: cert-manager}\n", "cert-manager")])
def test_clusters_that_need_none(make_fleet: MakeFleet, tmp_path: Path, spec: str, said: str) -> None:
    run = daskgen("certs", "prod", "--output", str(tmp_path / "keys"), root=make_fleet(prod=SMALL + spec), code=2)
    assert said in run.stderr


def test_a_person_gets_a_certificate_of_the_development_authority(
    make_fleet: MakeFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    root = make_fleet(prod=SMALL + GIVEN)
    daskgen("certs", "prod", root=root)
    folder = tmp_path / "alice"
    said = daskgen("connect", "prod", "--certificate", "alice", "--output", str(folder), root=root).stdout
    assert f'tls_client_cert="{folder}/tls.crt"' in said
    assert {file.name for file in folder.iterdir()} == {"ca.crt", "tls.crt", "tls.key"}
    certificate = x509.load_pem_x509_certificate((folder / "tls.crt").read_bytes())
    assert certificate.subject.rfc4514_string() == "CN=alice"


def test_a_person_without_an_authority(make_fleet: MakeFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    run = daskgen("connect", "prod", "--certificate", "alice", root=make_fleet(prod=SMALL + GIVEN), code=2)
    assert "there is no authority" in run.stderr
