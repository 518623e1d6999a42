"""Ask registries for the digests of images. The only module that uses dxf.

Credentials are those of docker: https://docs.docker.com/reference/cli/docker/login/#credential-stores.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING, Any, NamedTuple

from daskgen.findings.problem import DaskgenError, ToolError
from daskgen.outside.processes import start

if TYPE_CHECKING:
    from dxf import DXF

ANSWER_TIME = 20.0
"""Seconds to wait for an answer of a registry or of a credential helper."""

HUB, HUB_REGISTRY, HUB_KEY = "docker.io", "registry-1.docker.io", "https://index.docker.io/v1/"
"""Docker Hub: its name in references, the host of its registry, and its name in docker's configuration."""

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""Hosts of registries that may be without TLS, as for docker."""


class RegistryError(DaskgenError):
    """A registry does not tell the digest; `missing` if it has no such image."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        self.missing = missing
        super().__init__(message)


class Repository(NamedTuple):
    """A repository of a registry: dask/dask of ghcr.io."""

    host: str
    name: str


def read_name(image: str) -> Repository:
    """Return the repository that an image's name means: dask is library/dask of Docker Hub."""
    first, slash, rest = image.partition("/")
    if not slash or not (set(".:") & set(first) or first == "localhost"):
        return Repository(HUB, image if slash else f"library/{image}")
    if first in {HUB, f"index.{HUB}"}:
        return Repository(HUB, rest if "/" in rest else f"library/{rest}")
    return Repository(first, rest)


def find_digest(image: str, reference: str) -> str:
    """Return the digest that a registry has for a tag or a digest of an image. Raises `RegistryError`."""
    try:
        import dxf  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise RegistryError("registries are asked with a further package: pip install 'daskgen[registry]'") from None
    repository = read_name(image)
    try:
        return _ask(repository, reference, plain=False)
    except _NoTlsError:
        return _ask(repository, reference, plain=True)


class _NoTlsError(Exception):
    """A registry on this machine does not speak TLS."""


def _ask(repository: Repository, reference: str, *, plain: bool) -> str:
    import dxf  # noqa: PLC0415 - see `find_digest`
    import requests  # noqa: PLC0415 - see `find_digest`

    host = HUB_REGISTRY if repository.host == HUB else repository.host
    try:
        with dxf.DXF(host, repository.name, _log_in, insecure=plain, timeout=ANSWER_TIME) as registry:
            return _read_digest(registry, reference)
    except dxf.exceptions.DXFUnauthorizedError:
        raise RegistryError(f"{repository.host} refuses: log in with `docker login {repository.host}`") from None
    except dxf.exceptions.DXFAuthInsecureError:
        raise RegistryError(f"{repository.host} wants a login without TLS") from None
    except requests.HTTPError as error:
        raise _explain(repository, reference, error.response) from None
    except requests.exceptions.SSLError as error:
        if _may_be_plain(repository, error):
            raise _NoTlsError from None
        raise RegistryError(f"{repository.host} cannot be trusted: {error}") from None
    except (requests.RequestException, ValueError, KeyError) as error:
        raise RegistryError(f"{repository.host} cannot be reached: {error}") from None


def _may_be_plain(repository: Repository, error: BaseException) -> bool:
    """Return whether a registry is on this machine and speaks no TLS, so that no certificate was refused."""
    cause: BaseException | None = error
    while cause and not isinstance(cause, SSLCertVerificationError):
        cause = cause.__context__
    host = repository.host.rpartition(":")[0] or repository.host
    return not cause and host in LOOPBACK


def _read_digest(registry: DXF, reference: str) -> str:
    digest, _ = registry.head_manifest_and_response(reference)
    if digest:
        return str(digest)
    text, _ = registry.get_manifest_and_response(reference)
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _explain(repository: Repository, reference: str, answer: Any) -> RegistryError:
    if answer.status_code == 404:
        separator = "@" if ":" in reference else ":"
        return RegistryError(f"{repository.host} has no {repository.name}{separator}{reference}", missing=True)
    return RegistryError(f"{repository.host} answers {answer.status_code} {answer.reason}")


def _log_in(registry: Any, answer: Any) -> None:
    """Get a token for the request that `answer` refuses, as the user that docker is logged in as, or as nobody."""
    host = answer.url.split("/")[2]
    user, password = find_login(HUB_KEY if host == HUB_REGISTRY else host) or (None, None)
    registry.authenticate(user, password, response=answer)


def find_login(server: str) -> tuple[str, str] | None:
    """Return the user and the password that docker's configuration has for a server; None if it has none."""
    settings = _read_configuration()
    entry = settings.get("auths", {}).get(server, {})
    if entry.get("auth"):
        user, _, password = b64decode(entry["auth"]).decode().partition(":")
        return user, password
    helper = settings.get("credHelpers", {}).get(server) or settings.get("credsStore")
    return _ask_helper(helper, server) if helper else None


def _read_configuration() -> Mapping[str, Any]:
    folder = os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker"
    try:
        settings = json.loads(Path(folder, "config.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        # The error's own message may quote the file, which contains passwords.
        raise RegistryError(f"{folder}/config.json cannot be read as JSON") from None
    return settings if isinstance(settings, dict) else {}


def _ask_helper(helper: str, server: str) -> tuple[str, str] | None:
    """Ask a helper, whose exit code is 1 if it has no credentials: https://github.com/docker/docker-credential-helpers."""
    try:
        answer = json.loads(start([f"docker-credential-{helper}", "get"], ANSWER_TIME, server).output)
    except (ToolError, ValueError):
        return None
    return answer["Username"], answer["Secret"]
