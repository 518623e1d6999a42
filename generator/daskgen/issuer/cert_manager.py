"""Have cert-manager make an authority for the cluster alone, and certificates of it.

https://cert-manager.io/docs/configuration/ca/, https://cert-manager.io/docs/usage/certificate/.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, final

from pydantic import Field

from daskgen.issuer import SERVES, Issuer, Site, name_secrets
from daskgen.kubernetes.labels import CLUSTER
from daskgen.kubernetes.objects import Object, Resource, metadata, resource
from daskgen.model import Hours
from daskgen.parts.tls import Role

GROUP = "cert-manager.io"
API = f"{GROUP}/v1"

FILE, ORIGIN = "tls.yaml", "tls"


@final
class CertManager(Issuer):
    """An authority of the cluster's own, and certificates that are renewed before they end."""

    renews: ClassVar[bool] = True

    kind: Literal["cert-manager"]
    certificate_duration: Annotated[
        Hours, Field(alias="duration", description="Time that a certificate of scheduler, workers or clients lasts.")
    ] = "2160h"
    ca_duration: Annotated[Hours, Field(description="Time that the authority's own certificate lasts.")] = "87600h"

    @property
    def duration(self) -> str:
        """Return how long a certificate lasts."""
        return self.certificate_duration

    def secrets(self, cluster: str) -> Mapping[Role, str]:
        """Return the names of the Secrets that cert-manager writes."""
        return name_secrets(cluster)

    def resources(self, site: Site) -> list[Resource]:
        """Build an Issuer that signs the authority, the authority, its Issuer, and a Certificate for each role."""
        return [resource(body, FILE, ORIGIN) for body in self._build(site)]

    def certify(self, site: Site, name: str, secret: str) -> list[Object]:
        """Build a Certificate of a client. cert-manager leaves the other entries of its Secret as they are."""
        spec = self._describe(site, "client", secret, name_authority(site.cluster))
        return [_build("Certificate", name, {**spec, "commonName": name})]

    def request(self, site: Site, name: str, text: bytes, days: int) -> Object:
        """Build a CertificateRequest, which the cluster's authority signs."""
        body = _build("CertificateRequest", name, _describe_request(site, text, days))
        return {**body, "metadata": {**body["metadata"], "namespace": site.namespace}}

    def _build(self, site: Site) -> Iterator[dict[str, Any]]:
        own, authority = f"{site.cluster}-self-signed", name_authority(site.cluster)
        yield _build("Issuer", "self-signed", {"selfSigned": {}})
        yield _build("Certificate", "ca", self._describe_authority(site, own, authority))
        yield _build("Issuer", "ca", {"ca": {"secretName": authority}})
        for role, secret in self.secrets(site.cluster).items():
            yield _build("Certificate", role, self._describe(site, role, secret, authority))

    def _describe_authority(self, site: Site, issuer: str, secret: str) -> dict[str, Any]:
        return {
            "secretName": secret,
            "isCA": True,
            "commonName": f"{site.cluster}.{site.namespace} dask"[:64],
            "duration": self.ca_duration,
            "usages": ["cert sign", "crl sign"],
            # Certificates of before a renewal stay valid, as the key stays the same.
            "privateKey": _generate_key("Never"),
            "issuerRef": _refer(issuer),
        }

    def _describe(self, site: Site, role: Role, secret: str, issuer: str) -> dict[str, Any]:
        return {
            "secretName": secret,
            "commonName": role,
            "dnsNames": site.list_hosts(role),
            "duration": self.certificate_duration,
            "renewBefore": site.renew_before,
            "usages": ["digital signature", *(["server auth"] if SERVES[role] else []), "client auth"],
            "privateKey": _generate_key("Always"),
            "issuerRef": _refer(issuer),
        }


def name_authority(cluster: str) -> str:
    """Return the name of the authority's Issuer, and of its Secret."""
    return f"{cluster}-ca"


def _describe_request(site: Site, text: bytes, days: int) -> dict[str, Any]:
    return {
        "request": b64encode(text).decode(),
        "duration": f"{24 * days}h",
        "usages": ["digital signature", "client auth"],
        "issuerRef": _refer(name_authority(site.cluster)),
    }


def _generate_key(rotation: str) -> dict[str, Any]:
    return {"algorithm": "ECDSA", "size": 256, "encoding": "PKCS8", "rotationPolicy": rotation}


def _refer(issuer: str) -> dict[str, str]:
    # kustomize does not know this kind, so that names of others stand in full.
    return {"group": GROUP, "kind": "Issuer", "name": issuer}


def _build(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": API, "kind": kind, "metadata": metadata(name, CLUSTER), "spec": spec}
