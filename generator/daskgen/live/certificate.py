"""Have cert-manager sign the request for a person's certificate."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from typing import NamedTuple

from daskgen.findings.problem import DaskgenError
from daskgen.kubernetes.objects import Object
from daskgen.outside.kubernetes import Api

ASK_EVERY = 0.5
"""Seconds."""

REFUSED = ("Denied", "InvalidRequest")
"""Conditions of a request that will never be signed: https://cert-manager.io/docs/usage/certificaterequest/."""


class Signed(NamedTuple):
    """The certificate, and that of the authority, as PEM."""

    certificate: bytes
    authority: bytes


async def sign(kubernetes: Api, request: Object, timeout: float) -> Signed:
    """Create a CertificateRequest, wait until it is signed, and remove it.

    Raises `DaskgenError` if it is refused, or not signed within `timeout` seconds.
    """
    await kubernetes.create(request)
    try:
        async with asyncio.timeout(timeout):
            while True:
                status = (await kubernetes.get(request) or {}).get("status") or {}
                if status.get("certificate"):
                    return Signed(b64decode(status["certificate"]), b64decode(status.get("ca") or ""))
                if refusal := _find_refusal(status):
                    raise DaskgenError(f"cert-manager refused the certificate: {refusal}")
                await asyncio.sleep(ASK_EVERY)
    except TimeoutError:
        issuer = request["spec"]["issuerRef"]["name"]
        raise DaskgenError(
            f"Issuer {issuer} signed nothing within {timeout:g} seconds; does cert-manager run?"
        ) from None
    finally:
        await kubernetes.delete(request)


def _find_refusal(status: Object) -> str:
    for condition in status.get("conditions") or ():
        failed = condition["type"] == "Ready" and condition.get("reason") in {"Failed", "Denied"}
        if failed or (condition["type"] in REFUSED and condition["status"] == "True"):
            return str(condition.get("message") or condition["type"])
    return ""
