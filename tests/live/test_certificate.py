"""A person's request, as cert-manager signs or refuses it."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any

import pytest

from daskgen.findings.problem import DaskgenError
from daskgen.issuer import Site
from daskgen.issuer.cert_manager import CertManager
from daskgen.kubernetes.objects import Object
from daskgen.live.certificate import Signed, sign


class Kubernetes:
    """An API server on which a request gets one status after another."""

    def __init__(self, *statuses: Any) -> None:
        self.statuses = list(statuses)
        self.there: list[str] = []

    async def create(self, body: Object) -> Object:
        self.there.append(body["metadata"]["name"])
        return body

    async def get(self, body: Object) -> Object:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return {**body, "status": status}

    async def delete(self, body: Object) -> None:
        self.there.remove(body["metadata"]["name"])


SITE = Site("prod", "analytics", "720h")


def ask(kubernetes: Any, timeout: float = 5) -> Signed:
    request = CertManager.model_validate({"kind": "cert-manager"}).request(SITE, "prod-alice", b"PEM", 30)
    assert request["spec"]["issuerRef"]["name"] == "prod-ca"
    assert request["spec"]["usages"] == ["digital signature", "client auth"]
    assert request["spec"]["duration"] == "720h"
    return asyncio.run(sign(kubernetes, request, timeout))


def test_a_request_is_signed_and_removed() -> None:
    given = {"certificate": b64encode(b"leaf").decode(), "ca": b64encode(b"authority").decode()}
    kubernetes = Kubernetes({}, given)
    assert ask(kubernetes) == Signed(b"leaf", b"authority")
    assert kubernetes.there == []


@pytest.mark.parametrize(
    "condition",
    [
        {"type": "Denied", "status": "True", "message": "not for you"},
        {"type": "Ready", "status": "False", "reason": "Failed", "message": "not for you"},
    ],
)
def test_a_request_is_refused(condition: Object) -> None:
    kubernetes = Kubernetes({"conditions": [{"type": "Ready", "status": "False", "reason": "Pending"}, condition]})
    with pytest.raises(DaskgenError, match="cert-manager refused the certificate: not for you"):
        ask(kubernetes)
    assert kubernetes.there == []


def test_nobody_signs() -> None:
    kubernetes = Kubernetes({})
    with pytest.raises(DaskgenError, match="Issuer prod-ca signed nothing"):
        ask(kubernetes, 0.1)
    assert kubernetes.there == []
