"""Make certificates: an authority for development, certificates of it, and requests that cert-manager signs.

Each is what Dask needs, see `parts/tls.py`: a process that serves is a client too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from daskgen.parts.tls import CA_FILE, CERTIFICATE_FILE, KEY_FILE

SKEW = timedelta(minutes=5)
"""By how much a clock may be late."""


class Credentials(NamedTuple):
    """A certificate, its key, and the authority's certificate, as PEM."""

    authority: bytes
    certificate: bytes
    key: bytes

    @property
    def files(self) -> Mapping[str, bytes]:
        """Return them by the names of their files."""
        return {CA_FILE: self.authority, CERTIFICATE_FILE: self.certificate, KEY_FILE: self.key}


class Authority(NamedTuple):
    """A certificate authority: its certificate and its key, as PEM."""

    certificate: bytes
    key: bytes


class Request(NamedTuple):
    """A request for a certificate, and the key that stays here, as PEM."""

    text: bytes
    key: bytes


def create_authority(name: str, lasts: timedelta) -> Authority:
    """Make an authority. `name` tells it from others."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _begin(name, lasts).issuer_name(_name(name)).public_key(key.public_key())
    constraint = x509.BasicConstraints(ca=True, path_length=0)
    builder = builder.add_extension(constraint, critical=True).add_extension(_use(signs=True), critical=True)
    known = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    signed = builder.add_extension(known, critical=False).sign(key, SHA256())
    return Authority(signed.public_bytes(Encoding.PEM), _write_key(key))


def issue(
    authority: Authority, name: str, lasts: timedelta, hosts: Sequence[str] = (), serves: bool = False
) -> Credentials:
    """Make a certificate; it lasts no longer than the authority's own. `hosts` are the names of who `serves`."""
    issuer = x509.load_pem_x509_certificate(authority.certificate)
    signer = load_pem_private_key(authority.key, None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey), "the authority was made here"  # noqa: S101
    key = ec.generate_private_key(ec.SECP256R1())
    left = issuer.not_valid_after_utc - datetime.now(UTC)
    usages = [*([ExtendedKeyUsageOID.SERVER_AUTH] if serves else []), ExtendedKeyUsageOID.CLIENT_AUTH]
    builder = (
        _begin(name, min(lasts, left))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_use(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if hosts:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False
        )
    signed = builder.sign(signer, SHA256())
    return Credentials(authority.certificate, signed.public_bytes(Encoding.PEM), _write_key(key))


def request(name: str) -> Request:
    """Make a request for the certificate of a client."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateSigningRequestBuilder().subject_name(_name(name)).sign(key, SHA256())
    return Request(made.public_bytes(Encoding.PEM), _write_key(key))


def find_span(certificate: bytes) -> tuple[datetime, datetime]:
    """Return when the first certificate of a PEM text begins and ends. Raises `ValueError` if there is none."""
    found = x509.load_pem_x509_certificate(certificate)
    return found.not_valid_before_utc, found.not_valid_after_utc


def find_end(certificate: bytes) -> datetime:
    """Return when it ends. Raises `ValueError` if there is none."""
    return find_span(certificate)[1]


def _begin(name: str, lasts: timedelta) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(_name(name)).serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - SKEW).not_valid_after(now + lasts)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _use(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
