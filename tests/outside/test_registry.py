"""Registries tell digests: with and without TLS, to users and to nobody."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daskgen import certificates
from daskgen.issuer import SERVES
from daskgen.outside.registry import HUB_KEY, RegistryError, Repository, find_digest, find_login, read_name
from support.registry import Registry, digest_of, encode_login


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry().serving() as server:
        yield server


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give docker a configuration of the test's own, without any login."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    return tmp_path / "config.json"


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, docker: Path) -> Iterator[Registry]:
    """A registry with TLS, whose authority is trusted, and that wants a login."""
    authority = certificates.create_authority("registry", timedelta(days=1))
    files = certificates.issue(authority, "scheduler", timedelta(days=1), ["localhost"], SERVES["scheduler"]).files
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.crt"))
    server = Registry()
    server.address = "localhost"
    server.password = encode_login("alice", "s3cret")
    with server.serving(context):
        yield server


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        ("ghcr.io/dask/dask", Repository("ghcr.io", "dask/dask")),
        ("registry.example.com:5000/dask", Repository("registry.example.com:5000", "dask")),
        ("localhost/dask", Repository("localhost", "dask")),
        ("daskdev/dask", Repository("docker.io", "daskdev/dask")),
        ("busybox", Repository("docker.io", "library/busybox")),
        ("docker.io/library/traefik", Repository("docker.io", "library/traefik")),
        ("docker.io/traefik", Repository("docker.io", "library/traefik")),
    ],
)
def test_names_are_read_as_docker_does(image: str, repository: Repository) -> None:
    assert read_name(image) == repository


def test_a_registry_of_this_machine_may_be_without_tls(registry: Registry) -> None:
    digest = registry.push("team/dask", "1", "one")
    assert find_digest(f"{registry.host}/team/dask", "1") == digest
    assert find_digest(f"{registry.host}/team/dask", digest) == digest
    assert registry.asked == [f"HEAD /v2/team/dask/manifests/{reference}" for reference in ("1", digest)]


def test_a_registry_that_sends_no_digest_sends_what_it_is_of(registry: Registry) -> None:
    registry.says_digests = False
    registry.push("team/dask", "1", "one")
    assert find_digest(f"{registry.host}/team/dask", "1") == digest_of("one")


def test_an_image_that_is_not_there(registry: Registry) -> None:
    with pytest.raises(RegistryError, match=f"{registry.host} has no team/dask:2") as caught:
        find_digest(f"{registry.host}/team/dask", "2")
    assert caught.value.missing


def test_a_registry_that_is_not_there() -> None:
    server = Registry()
    server.server_close()
    with pytest.raises(RegistryError, match=f"{server.host} cannot be reached") as caught:
        find_digest(f"{server.host}/team/dask", "1")
    assert not caught.value.missing


def test_passwords_are_not_sent_without_tls(registry: Registry, docker: Path) -> None:
    registry.password = encode_login("alice", "s3cret")
    docker.write_text(json.dumps({"auths": {registry.host: {"auth": registry.password}}}))
    with pytest.raises(RegistryError, match="wants a login without TLS"):
        find_digest(f"{registry.host}/team/dask", "1")


@pytest.mark.parametrize("token", ["", "a-token"])
def test_users_log_in_as_with_docker(secure: Registry, docker: Path, token: str) -> None:
    secure.token = token
    digest = secure.push("team/dask", "1", "one")
    with pytest.raises(RegistryError, match=f"refuses: log in with `docker login {secure.host}`"):
        find_digest(f"{secure.host}/team/dask", "1")
    docker.write_text(json.dumps({"auths": {secure.host: {"auth": secure.password}}}))
    assert find_digest(f"{secure.host}/team/dask", "1") == digest


def test_a_registry_with_tls_has_to_be_trusted(secure: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(RegistryError, match=f"{secure.host} cannot be trusted"):
        find_digest(f"{secure.host}/team/dask", "1")
    assert secure.asked == []


def test_helpers_give_logins(docker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = tmp_path / "docker-credential-safe"
    helper.write_text(
        '#!/bin/sh\nread server\n[ "$server" = ghcr.io ] || { echo not found; exit 1; }\n'
        'echo \'{"Username": "alice", "Secret": "s3cret"}\'\n'
    )
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    for settings in ({"credsStore": "safe"}, {"credHelpers": {"ghcr.io": "safe", "quay.io": "none"}}):
        docker.write_text(json.dumps(settings))
        assert find_login("ghcr.io") == ("alice", "s3cret")
        assert find_login("quay.io") is None


@pytest.mark.parametrize("text", ["", "[]", '{"auths": {}}', '{"auths": {"ghcr.io": {}}}'])
def test_without_a_login_docker_is_nobody(docker: Path, text: str) -> None:
    if text:
        docker.write_text(text)
    assert find_login(HUB_KEY) is None


def test_a_broken_configuration_is_not_quoted(docker: Path) -> None:
    docker.write_text('{"auths": s3cret')
    with pytest.raises(RegistryError, match=r"config\.json cannot be read as JSON") as caught:
        find_login("ghcr.io")
    assert "s3cret" not in str(caught.value)
