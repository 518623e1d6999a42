"""Find when the certificates of a cluster end, and which of its processes still use an older one."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from daskgen.certificates import find_span
from daskgen.kubernetes.objects import Object
from daskgen.parts.tls import CERTIFICATE_FILE, ROLES, Encryption, Role
from daskgen.paths import get


class Issued(NamedTuple):
    """What is known of the certificate of a role."""

    role: Role
    ends: datetime | None
    """None where there is none yet."""
    begins: datetime | None = None
    problem: str = ""
    """Reason why it was not issued."""


class Expiry(NamedTuple):
    """When the first certificate of a cluster ends, and what is wrong."""

    ends: datetime
    troubles: tuple[str, ...] = ()


def read_issued(role: Role, live: Object | None) -> Issued:
    """Read the state of a Certificate of cert-manager: https://cert-manager.io/docs/usage/certificate/."""
    status = (live or {}).get("status") or {}
    ready: Object = next((each for each in status.get("conditions") or () if each["type"] == "Ready"), {})
    problem = "" if ready.get("status") == "True" else str(ready.get("message") or "cert-manager has not seen it")
    return Issued(role, _read_time(status.get("notAfter")), _read_time(status.get("notBefore")), problem)


def read_secret(role: Role, secret: Object | None) -> Issued:
    """Read the certificate in the Secret of a role; nothing is known without the Secret, for which its pods wait."""
    if not secret:
        return Issued(role, None)
    try:
        begins, ends = find_span(b64decode((secret.get("data") or {}).get(CERTIFICATE_FILE, "")))
    except ValueError:
        return Issued(role, None, None, f"Secret {secret['metadata']['name']} has no certificate as {CERTIFICATE_FILE}")
    return Issued(role, ends, begins)


def find_roles(encryption: Encryption, objects: Iterable[Object]) -> Mapping[Role, Object]:
    """Return the rendered Certificates of the roles; none where the Secrets are made elsewhere."""
    found = {get(body, ("spec", "secretName")): body for body in objects if body["kind"] == "Certificate"}
    return {role: found[encryption.secrets[role]] for role in ROLES if encryption.secrets[role] in found}


def find_expiry(
    encryption: Encryption, issued: Sequence[Issued], schedulers: Iterable[Object], now: datetime
) -> Expiry | None:
    """Judge certificates, and `schedulers`, the pods that use that of the scheduler; None if none was issued yet."""
    ends = [certificate.ends for certificate in issued if certificate.ends]
    troubles = [*_find_troubles(encryption, issued, now), *_find_outlasted(encryption, issued, schedulers)]
    return Expiry(min(ends), tuple(troubles)) if ends else None


def _find_troubles(encryption: Encryption, issued: Sequence[Issued], now: datetime) -> Iterator[str]:
    for certificate in issued:
        title = f"certificate of the {certificate.role}"
        if certificate.ends and certificate.ends - now < encryption.renew_before / 2:
            when = "ended" if certificate.ends < now else "ends"
            yield f"{title} {when} on {certificate.ends:%Y-%m-%d %H:%M} UTC and was not renewed{_because(certificate)}"
        elif certificate.problem:
            yield f"{title} was not issued{_because(certificate)}"


def _because(certificate: Issued) -> str:
    return f": {certificate.problem}" if certificate.problem else ""


def _find_outlasted(encryption: Encryption, issued: Sequence[Issued], schedulers: Iterable[Object]) -> Iterator[str]:
    """Find schedulers that keep a certificate from before the last renewal."""
    renewed = next((each.begins for each in issued if each.role == "scheduler" and each.begins), None)
    for pod in schedulers if renewed and encryption.renewal == "keep" else ():
        started = find_start(pod)
        if renewed and started and started < renewed - timedelta(minutes=5):
            ended = renewed + encryption.renew_before
            yield (
                f"the scheduler still has the certificate from before {renewed:%Y-%m-%d}: "
                f"restart it before {ended:%Y-%m-%d}, or new connections fail"
            )


def find_start(pod: Object) -> datetime | None:
    """Return when Dask's container last started."""
    states = (pod.get("status") or {}).get("containerStatuses") or ()
    starts = [_read_time(get(state, ("state", "running", "startedAt"))) for state in states]
    return min(filter(None, starts), default=None)


def _read_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
