"""Certificates that daskgen makes are those with which Dask's processes talk to each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from distributed import Client, Scheduler, Worker
from distributed.security import Security

from daskgen.certificates import Credentials, create_authority, find_end, issue, request
from daskgen.parts import tls
from daskgen.parts.tls import Encryption

DAY = timedelta(days=1)

AUTHORITY = create_authority("prod.analytics dask", 10 * DAY)


def read_usages(credentials: Credentials) -> set[Any]:
    certificate = x509.load_pem_x509_certificate(credentials.certificate)
    return set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def test_who_serves_is_a_client_too() -> None:
    assert read_usages(issue(AUTHORITY, "alice", DAY)) == {ExtendedKeyUsageOID.CLIENT_AUTH}
    served = read_usages(issue(AUTHORITY, "worker", DAY, ["prod-worker"], serves=True))
    assert served == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}


def test_a_certificate_ends_with_its_authority() -> None:
    assert find_end(issue(AUTHORITY, "alice", 100 * DAY).certificate) == find_end(AUTHORITY.certificate)
    left = find_end(issue(AUTHORITY, "alice", DAY).certificate) - datetime.now(UTC)
    assert DAY - timedelta(minutes=1) < left <= DAY


def test_a_request_holds_no_key() -> None:
    made = request("alice")
    assert b"PRIVATE KEY" in made.key
    assert b"PRIVATE KEY" not in made.text
    assert x509.load_pem_x509_csr(made.text).is_signature_valid


def keep(folder: Path, credentials: Credentials) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in credentials.files.items():
        (folder / name).write_bytes(content)


def secure(folder: Path) -> Security:
    chain = {"cert": str(folder / "tls.crt"), "key": str(folder / "tls.key")}
    files = {f"tls_{role}_{part}": path for role in tls.ROLES for part, path in chain.items()}
    return Security(  # type: ignore[no-untyped-call]
        tls_ca_file=str(folder / "ca.crt"), require_encryption=True, **files
    )


def load(script: str, folder: Path) -> ModuleType:
    module = ModuleType("script")
    exec(script.replace(tls.MOUNT, str(folder)), module.__dict__)  # noqa: S102 - our own
    return module


Work = Callable[[Scheduler, Path], Awaitable[None]]


def run_cluster(folder: Path, work: Work) -> None:
    keep(folder, issue(AUTHORITY, "server", DAY, serves=True))

    async def run() -> None:
        options: dict[str, Any] = {"security": secure(folder), "dashboard": False, "host": "127.0.0.1"}
        async with Scheduler(protocol="tls", port=0, **options) as scheduler:
            await work(scheduler, folder)

    asyncio.run(run())


def connect(address: str, folder: Path | None) -> Any:
    security = secure(folder) if folder else None
    return Client(address, security=security, asynchronous=True, timeout=20)  # type: ignore[no-untyped-call]


async def compute(scheduler: Scheduler, folder: Path) -> Any:
    async with connect(scheduler.address, folder) as client:
        return await client.submit(sum, [1, 2])


def test_a_client_with_a_certificate_computes_and_strangers_are_refused(tmp_path: Path) -> None:
    async def work(scheduler: Scheduler, folder: Path) -> None:
        async with Worker(scheduler.address, security=secure(folder), nthreads=1, dashboard=False):
            keep(tmp_path / "alice", issue(AUTHORITY, "alice", DAY))
            assert await compute(scheduler, tmp_path / "alice") == 3
            keep(tmp_path / "mallory", issue(create_authority("another", DAY), "alice", DAY))
            with pytest.raises(OSError, match=r"\w"):
                await compute(scheduler, tmp_path / "mallory")
            with pytest.raises(OSError, match=r"\w"):
                await connect(scheduler.address.replace("tls", "tcp"), None)

    run_cluster(tmp_path / "server", work)


def test_a_running_scheduler_takes_a_renewed_certificate(tmp_path: Path) -> None:
    script = load(Encryption({}, DAY, "reload").script, tmp_path / "server")

    async def work(scheduler: Scheduler, folder: Path) -> None:
        renewed = create_authority("prod.analytics dask", 10 * DAY)
        keep(folder, issue(renewed, "server", DAY, serves=True))
        await script.renew(scheduler)
        async with Worker(scheduler.address, security=secure(folder), nthreads=1, dashboard=False):
            assert await compute(scheduler, folder) == 3

    run_cluster(tmp_path / "server", work)
