"""Deliver a Secret that the controller of Sealed Secrets decrypts: https://github.com/bitnami-labs/sealed-secrets."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, final

from pydantic import AfterValidator, Field

from daskgen.kubernetes.objects import Object
from daskgen.model import refuse
from daskgen.secret import DeliveredSecret, Entry, Some

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ObjectMeta

MODULI = (256, 384, 512, 1024)
"""Sizes of RSA keys in bytes: a value begins with that of the session key, encrypted, in two bytes."""

TAG = 16
"""Least size of what follows, encrypted by AES-GCM."""


def _check_sealed(text: str) -> str:
    if not is_sealed(text):
        raise refuse(
            "kubeseal has not encrypted this value", "write what `kubeseal --raw --name … --namespace …` prints"
        )
    return text


def is_sealed(text: str) -> bool:
    """Return whether a text has the form of an encrypted value; it proves nothing about the key."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    size = int.from_bytes(raw[:2], "big")
    return size in MODULI and len(raw) >= 2 + size + TAG


@final
class SealedSecret(DeliveredSecret):
    """A Secret whose values are encrypted in Git, for the controller of one Kubernetes cluster."""

    # The values can only be decrypted under the name for which they were encrypted.
    keeps_name: ClassVar[bool] = True

    kind: Literal["sealed-secrets"]
    data: Annotated[
        dict[Entry, Annotated[str, AfterValidator(_check_sealed)]],
        Some,
        Field(description="Keys of the Secret, each with what `kubeseal --raw` prints for its value."),
    ]
    scope: Annotated[
        Literal["strict", "namespace-wide", "cluster-wide"],
        Field(description="Scope for which the values were encrypted: `kubeseal --scope`."),
    ] = "strict"

    @property
    def keys(self) -> Collection[str]:
        """Return the keys of `data`."""
        return self.data.keys()

    @property
    def annotations(self) -> dict[str, str]:
        """Return the scope, unless it is the usual one."""
        return {} if self.scope == "strict" else {f"sealedsecrets.bitnami.com/{self.scope}": "true"}

    def build(self, metadata: ObjectMeta) -> Object:
        """Build a SealedSecret."""
        spec = {"encryptedData": dict(self.data), "template": {"type": self.type}}
        return {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": metadata, "spec": spec}
