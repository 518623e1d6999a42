"""Which values daskgen takes for encrypted: those of kubeseal's own algorithm, and no others."""

from __future__ import annotations

import base64
import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from daskgen.secret.sealed_secrets import is_sealed


def seal(value: bytes, bits: int) -> str:
    """Encrypt as kubeseal does: a session key by RSA, with its size before it, and the value by that key."""
    key, session = rsa.generate_private_key(65537, bits).public_key(), secrets.token_bytes(32)
    label = b"analytics/database"
    sent = key.encrypt(session, padding.OAEP(padding.MGF1(SHA256()), SHA256(), label))
    return base64.b64encode(
        len(sent).to_bytes(2, "big") + sent + AESGCM(session).encrypt(bytes(12), value, None)
    ).decode()


@pytest.mark.parametrize("value", [b"", b"hunter2", b"x" * 5000])
def test_what_kubeseal_encrypts(value: bytes) -> None:
    assert is_sealed(seal(value, 2048))


def test_what_it_encrypts_for_the_usual_key() -> None:
    assert is_sealed(seal(b"hunter2", 4096))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hunter2",
        "AgBy8hCi",
        base64.b64encode(b"hunter2").decode(),
        base64.b64encode(b"correct horse battery staple " * 40).decode(),
        "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n",
    ],
)
def test_what_it_does_not(text: str) -> None:
    assert not is_sealed(text)


def test_what_is_around_or_missing_in_what_it_encrypts() -> None:
    sealed = seal(b"hunter2", 2048)
    assert [is_sealed(text) for text in (sealed[:300], f"{sealed}\nhunter2", f" {sealed}")] == [False] * 3
