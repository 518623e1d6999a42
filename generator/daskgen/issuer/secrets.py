"""Use Secrets that are made elsewhere, such as by `daskgen certs`, or by an operator that copies them from a vault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, final

from pydantic import Field

from daskgen.issuer import Issuer, name_secrets
from daskgen.model import ObjectName
from daskgen.parts.tls import Role


@final
class Secrets(Issuer):
    """Secrets that exist, of type kubernetes.io/tls and with the authority's certificate as ca.crt."""

    kind: Literal["secrets"]
    scheduler: Annotated[
        ObjectName | None, Field(description="Secret of the scheduler, for servers and clients; NAME-scheduler-tls.")
    ] = None
    worker: Annotated[
        ObjectName | None, Field(description="Secret of the workers, for servers and clients; NAME-worker-tls.")
    ] = None
    client: Annotated[ObjectName | None, Field(description="Secret of clients in the namespace; NAME-client-tls.")] = (
        None
    )

    def secrets(self, cluster: str) -> Mapping[Role, str]:
        """Return the names that the spec gives, or the usual ones."""
        usual = name_secrets(cluster)
        return {role: getattr(self, role) or name for role, name in usual.items()}
