"""Define how a cluster encrypts what scheduler, workers and clients send each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from daskgen import issuer
from daskgen.issuer import Issuer, Site
from daskgen.kubernetes.objects import Object, Resource
from daskgen.model import Hours, Model, refuse, refuse_parts
from daskgen.model.variants import OneOf
from daskgen.parts.tls import Encryption, Renewal

ISSUERS = OneOf(issuer, Issuer)

LEAST = timedelta(minutes=10)
"""Shortest time for a renewal: cert-manager takes 5 minutes at least, and workers restart in half of it."""


class Tls(Model):
    """TLS between scheduler, workers and clients, with a certificate authority of the cluster's own."""

    issuer: Annotated[
        Issuer, ISSUERS, Field(examples=["cert-manager"], description="Where the certificates come from.")
    ]
    renew_before: Annotated[
        Hours,
        Field(
            description="Time before its end at which a certificate is renewed, at the latest. Workers hand over their "
            "data and restart twice in this time, and so take the new certificate."
        ),
    ] = "720h"
    renewal: Annotated[
        Renewal,
        Field(
            description="What the scheduler does when its certificate is renewed. reload: it takes the new one and "
            "goes on. restart: it ends and starts again, and loses its state. keep: it goes on with the old one, until "
            "somebody restarts it."
        ),
    ] = "reload"

    @model_validator(mode="after")
    def _check_times(self) -> Tls:
        before, duration = parse_hours(self.renew_before), self.issuer.duration
        if before < LEAST:
            raise refuse_parts([(("renewBefore",), "must be at least 10m", "", False)])
        if duration and parse_hours(duration) <= before:
            raise refuse(
                f"certificates last {duration}, which is not longer than renewBefore {self.renew_before}",
                "write a longer issuer.duration, or a shorter renewBefore",
            )
        return self

    def encrypt(self, cluster: str) -> Encryption:
        """Return what the pods of a cluster need to know."""
        return Encryption(self.issuer.secrets(cluster), parse_hours(self.renew_before), self.renewal)

    @property
    def renewed(self) -> timedelta | None:
        """Return the time before its end at which cert-manager renews a certificate; None where it renews none."""
        return parse_hours(self.renew_before) if self.issuer.renews else None

    def resources(self, cluster: str, namespace: str) -> list[Resource]:
        """Build what makes the Secrets."""
        return self.issuer.resources(self.place(cluster, namespace))

    def certify(self, cluster: str, namespace: str, name: str, secret: str) -> list[Object]:
        """Build what adds a client's certificate to a Secret; nothing if others have to add it."""
        return self.issuer.certify(self.place(cluster, namespace), name, secret)

    def place(self, cluster: str, namespace: str) -> Site:
        """Return the cluster that the certificates are for."""
        return Site(cluster, namespace, self.renew_before)


def parse_hours(text: str) -> timedelta:
    """Read a time such as 720h or 90m."""
    number = int(text[:-1])
    return timedelta(hours=number) if text.endswith("h") else timedelta(minutes=number)
