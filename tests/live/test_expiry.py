"""When certificates end, and who goes on with an older one, from what cert-manager reports."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from daskgen.certificates import create_authority, issue
from daskgen.issuer import name_secrets
from daskgen.live.expiry import Issued, find_expiry, find_roles, read_issued, read_secret
from daskgen.parts.tls import Encryption, Renewal

NOW = datetime(2026, 11, 28, tzinfo=UTC)
DAY = timedelta(days=1)


def encrypt(renewal: Renewal = "reload") -> Encryption:
    return Encryption(name_secrets("prod"), 30 * DAY, renewal)


def describe(ready: str = "True", message: str = "up to date", days: int = 60) -> dict[str, Any]:
    times = {"notBefore": "2026-10-29T00:00:00Z", "notAfter": f"{NOW + days * DAY:%Y-%m-%dT%H:%M:%SZ}"}
    return {"status": {"conditions": [{"type": "Ready", "status": ready, "message": message}], **times}}


def start_scheduler(at: str) -> dict[str, Any]:
    return {"status": {"containerStatuses": [{"state": {"running": {"startedAt": at}}}]}}


def test_a_certificate_that_is_renewed_in_time() -> None:
    expiry = find_expiry(encrypt(), [read_issued("worker", describe())], [], NOW)
    assert expiry
    assert (expiry.ends, expiry.troubles) == (NOW + 60 * DAY, ())


@pytest.mark.parametrize(("days", "said"), [(10, "ends on 2026-12-08"), (-1, "ended on 2026-11-27")])
def test_a_certificate_that_was_not_renewed(days: int, said: str) -> None:
    expiry = find_expiry(encrypt(), [read_issued("client", describe("False", "no issuer", days))], [], NOW)
    assert expiry
    [trouble] = expiry.troubles
    assert trouble == f"certificate of the client {said} 00:00 UTC and was not renewed: no issuer"


def test_a_certificate_that_is_not_there_yet() -> None:
    assert read_issued("worker", None) == Issued("worker", None, None, "cert-manager has not seen it")
    assert find_expiry(encrypt(), [read_issued("worker", None)], [], NOW) is None


@pytest.mark.parametrize(("renewal", "started", "told"), [
    ("keep", "2026-09-01T00:00:00Z", True),
    ("keep", "2026-10-30T00:00:00Z", False),
    ("reload", "2026-09-01T00:00:00Z", False),
])  # fmt: skip
def test_a_scheduler_that_keeps_the_old_one(renewal: Renewal, started: str, told: bool) -> None:
    issued = [read_issued("scheduler", describe())]
    expiry = find_expiry(encrypt(renewal), issued, [start_scheduler(started)], NOW)
    assert expiry
    assert [*expiry.troubles] == [
        "the scheduler still has the certificate from before 2026-10-29: restart it before 2026-11-28, "
        "or new connections fail"
    ] * told


def keep(certificate: bytes) -> dict[str, Any]:
    return {"metadata": {"name": "prod-worker-tls"}, "data": {"tls.crt": b64encode(certificate).decode()}}


def test_a_secret_that_is_made_elsewhere() -> None:
    now = datetime.now(UTC)
    leaf = issue(create_authority("prod", 90 * DAY), "worker", 10 * DAY)
    expiry = find_expiry(encrypt(), [read_secret("worker", keep(leaf.certificate))], [], now)
    assert expiry
    assert timedelta() <= now + 10 * DAY - expiry.ends < DAY / 24
    assert list(expiry.troubles) == [
        f"certificate of the worker ends on {expiry.ends:%Y-%m-%d %H:%M} UTC and was not renewed"
    ]


def test_a_secret_that_is_not_there_or_holds_something_else() -> None:
    assert read_secret("worker", None) == Issued("worker", None)
    assert read_secret("worker", keep(b"none")).problem == "Secret prod-worker-tls has no certificate as tls.crt"


def test_certificates_are_found_by_their_secrets() -> None:
    bodies = [{"kind": "Certificate", "spec": {"secretName": name}} for name in ("prod-worker-tls", "prod-ca")]
    assert find_roles(encrypt(), bodies) == {"worker": bodies[0]}
