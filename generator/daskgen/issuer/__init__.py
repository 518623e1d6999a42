"""Define what all ways to get the certificates of a Dask cluster have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from daskgen.kubernetes.objects import Object, Resource
from daskgen.model.variants import Variant
from daskgen.parts.tls import Role

SERVES: Mapping[Role, bool] = {"scheduler": True, "worker": True, "client": False}
"""Role to whether it serves. A process that serves is a client as well; without both usages connections hang."""


class Site(NamedTuple):
    """The cluster that the certificates are for."""

    cluster: str
    namespace: str
    renew_before: str
    """Time before its end at which a certificate is renewed."""

    def list_hosts(self, role: Role) -> list[str]:
        """Return the names for which a certificate is; Dask does not check them, people who read it do."""
        name = f"{self.cluster}-{role}"
        return [name, f"{name}.{self.namespace}", f"{name}.{self.namespace}.svc"]


class Issuer(Variant):
    """A way to get the certificates. Each is a Secret with the entries ca.crt, tls.crt and tls.key."""

    renews: ClassVar[bool] = False
    """Says that cert-manager renews the certificates."""

    @abstractmethod
    def secrets(self, cluster: str) -> Mapping[Role, str]:
        """Return the names of the Secrets by the role of who uses them."""

    def resources(self, site: Site) -> list[Resource]:
        """Build what makes the Secrets."""
        return []

    def certify(self, site: Site, name: str, secret: str) -> list[Object]:
        """Build what adds the certificate of a client, named `name`, to a Secret; nothing if others have to add it."""
        return []

    def request(self, site: Site, name: str, text: bytes, days: int) -> Object | None:
        """Build the request for a person's certificate, `text` as PEM; None if nobody in Kubernetes signs it."""
        return None

    @property
    def duration(self) -> str:
        """Return how long a certificate lasts; "" if others decide that."""
        return ""


def name_secrets(cluster: str) -> dict[Role, str]:
    """Return the usual names of the Secrets."""
    names: dict[Role, str] = {
        "scheduler": f"{cluster}-scheduler-tls",
        "worker": f"{cluster}-worker-tls",
        "client": f"{cluster}-client-tls",
    }
    return names
