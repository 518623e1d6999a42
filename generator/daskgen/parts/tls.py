"""Encrypt the connections of scheduler, workers and clients: the files in a pod, and Dask's configuration.

https://distributed.dask.org/en/stable/tls.html. Dask checks that a certificate is of the cluster's own authority, and
no names of hosts, so that every certificate of that authority gives full access.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from daskgen.parts.config import merge
from daskgen.paths import get

if TYPE_CHECKING:
    from daskgen.kubernetes.types import EnvVar, Volume, VolumeMount

TLS, MOUNT = "dask-tls", "/etc/dask-tls"
"""The volume that holds the pod's own certificate, and its mount path."""

CA_FILE, CERTIFICATE_FILE, KEY_FILE = "ca.crt", "tls.crt", "tls.key"
"""Entries of the Secrets, as cert-manager writes them."""

Role = Literal["scheduler", "worker", "client"]

ROLES: tuple[Role, ...] = ("scheduler", "worker", "client")

Renewal = Literal["reload", "restart", "keep"]

MOST_STAGGER = timedelta(hours=1)
"""Largest difference between the ends of workers, so that few hand over at the same time."""

CHECK_EVERY = 60
"""Seconds between two looks at the scheduler's certificate; the kubelet needs as long to bring a new one."""

FOLLOW = f'''\
"""Follow the scheduler's certificate, which is renewed while it runs."""

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path

FOLDER = Path("{MOUNT}")
CHAIN = FOLDER / "{CERTIFICATE_FILE}", FOLDER / "{KEY_FILE}"


def dask_setup(scheduler):
    scheduler.follows_certificate = asyncio.create_task(follow(scheduler))


async def follow(scheduler):
    known = CHAIN[0].read_bytes()
    while True:
        await asyncio.sleep({CHECK_EVERY})
        # While the kubelet exchanges the files, they may be missing or not fit together: look again later.
        with suppress(OSError, ssl.SSLError):
            found = CHAIN[0].read_bytes()
            if found != known:
                ssl.create_default_context().load_cert_chain(*CHAIN)
                await renew(scheduler)
                known = found
'''

RENEW: Mapping[Renewal, str] = {
    "reload": f'''

async def renew(scheduler):
    listening = [listener.tcp_server.ssl_options for listener in scheduler.listeners]
    for context in (scheduler.connection_args["ssl_context"], *listening):
        context.load_verify_locations(FOLDER / "{CA_FILE}")
        context.load_cert_chain(*CHAIN)
''',
    "restart": """

async def renew(scheduler):
    await scheduler.close(reason="certificate-renewed")
""",
}
"""Script by which a scheduler loads its renewed certificate. Open connections are kept, and new ones use the current
content of the context: https://docs.python.org/3/library/ssl.html#ssl.SSLContext.load_cert_chain."""


class Encryption(NamedTuple):
    """The encryption of a cluster: names of Secrets by the role that uses them, and renewal."""

    secrets: Mapping[Role, str]
    renew_before: timedelta
    """Time before its end at which a certificate is renewed, at the latest."""
    renewal: Renewal

    @property
    def lifetime(self) -> timedelta:
        """Return the time after which workers end: their certificate lasts longer than that whenever they start."""
        return self.renew_before / 2

    @property
    def stagger(self) -> timedelta:
        """Return the random part of that time."""
        return min(MOST_STAGGER, self.lifetime / 10)

    @property
    def script(self) -> str:
        """Return the module that the scheduler loads first; "" where it keeps its certificate."""
        return FOLLOW + RENEW[self.renewal] if self.renewal in RENEW else ""

    def configure(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the configuration of every process; `config` is what the spec adds to it."""
        chain = {"cert": f"{MOUNT}/{CERTIFICATE_FILE}", "key": f"{MOUNT}/{KEY_FILE}"}
        # A process is also a client: a worker hands over by one. It has one certificate for all it does.
        tls: dict[str, Any] = {
            "ca-file": f"{MOUNT}/{CA_FILE}",
            "min-version": 1.3,
            **{str(role): chain for role in ROLES},
        }
        comm = {"default-scheme": "tls", "require-encryption": True, "tls": tls}
        ends = {"duration": _in_seconds(self.lifetime), "stagger": _in_seconds(self.stagger)}
        merged = merge({"distributed": {"comm": comm, "worker": {"lifetime": ends}}}, config)
        if not self.script:
            return merged
        place = ("distributed", "scheduler", "preload")
        listed = get(config, place) or []
        preload = [self.script, *([listed] if isinstance(listed, str) else listed)]
        return merge(merged, {"distributed": {"scheduler": {"preload": preload}}})

    def volume(self, role: Role) -> Volume:
        """Build the volume of a pod of this role."""
        return {"name": TLS, "secret": {"secretName": self.secrets[role]}}


def mount_certificate() -> VolumeMount:
    """Build the mount of the pod's own certificate."""
    return {"name": TLS, "mountPath": MOUNT, "readOnly": True}


def serve_by_https(folder: str) -> list[EnvVar]:
    """Return variables by which a process serves its dashboard with the certificate in `folder`.

    As configuration, they would be those of scheduler and workers alike.
    """
    files = {"CERT": CERTIFICATE_FILE, "KEY": KEY_FILE}
    name = "DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__TLS__"
    return [{"name": f"{name}{key}", "value": f"{folder}/{file}"} for key, file in files.items()]


def find_protocol(encrypted: bool) -> str:
    """Return the protocol of the scheduler's address."""
    return "tls" if encrypted else "tcp"


def _in_seconds(time: timedelta) -> str:
    return f"{int(time.total_seconds())}s"
