"""The programs that prove what is rendered, at the versions the proof is for. The only place that starts processes."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import re
import shutil
import subprocess  # the one module that may
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from daskgen.problems import ToolError

DOWNLOAD_TIME, BUILD_TIME = 120, 1500
"""Seconds. A small machine builds kustomize in some minutes."""


class Pin(NamedTuple):
    """A program at a version: where releases are, what their archives hash to, and the Go module it is built from."""

    version: str
    asks: tuple[str, ...]
    """Arguments with which it prints its version."""
    url: str
    archives: Mapping[str, str]
    """Platform to the SHA-256 of its archive, from the checksums published with the release."""
    module: str
    package: str


RELEASES = "https://github.com"

PINS: Mapping[str, Pin] = {
    # 5.8.0 loses namespaces: kubernetes-sigs/kustomize#6031.
    "kustomize": Pin(
        version="5.8.1",
        asks=("version",),
        url="/kubernetes-sigs/kustomize/releases/download/kustomize%2Fv{version}/kustomize_v{version}_{os}_{machine}.tar.gz",
        archives={
            "linux/amd64": "029a7f0f4e1932c52a0476cf02a0fd855c0bb85694b82c338fc648dcb53a819d",
            "linux/arm64": "0953ea3e476f66d6ddfcd911d750f5167b9365aa9491b2326398e289fef2c142",
            "darwin/amd64": "ee7cf0c1e3592aa7bb66ba82b359933a95e7f2e0b36e5f53ed0a4535b017f2f8",
            "darwin/arm64": "8886f8a78474e608cc81234f729fda188a9767da23e28925802f00ece2bab288",
        },
        module="sigs.k8s.io/kustomize/kustomize/v5",
        package="sigs.k8s.io/kustomize/kustomize/v5",
    ),
    "kubeconform": Pin(
        version="0.7.0",
        asks=("-v",),
        url="/yannh/kubeconform/releases/download/v{version}/kubeconform-{os}-{machine}.tar.gz",
        archives={
            "linux/amd64": "c31518ddd122663b3f3aa874cfe8178cb0988de944f29c74a0b9260920d115d3",
            "linux/arm64": "cc907ccf9e3c34523f0f32b69745265e0a6908ca85b92f41931d4537860eb83c",
            "darwin/amd64": "c6771cc894d82e1b12f35ee797dcda1f7da6a3787aa30902a15c264056dd40d4",
            "darwin/arm64": "b5d32b2cb77f9c781c976b20a85e2d0bc8f9184d5d1cfe665a2f31a19f99eeb9",
        },
        module="github.com/yannh/kubeconform",
        package="github.com/yannh/kubeconform/cmd/kubeconform",
    ),
}


class Tool(NamedTuple):
    """A program that can be started, and how it came to be the one."""

    name: str
    version: str
    path: str
    how: str


class Result(NamedTuple):
    """What a program said."""

    code: int
    output: str
    errors: str


def run(tool: str, *arguments: str, text: str = "", timeout: float = 120, accept: Collection[int] = (0,)) -> Result:
    """Start a pinned program with `text` on its standard input. Raises `ToolError` in its own words if it fails."""
    return start([find(tool).path, *arguments], text, timeout, accept)


def start(command: list[str], text: str = "", timeout: float = 120, accept: Collection[int] = (0,)) -> Result:
    """Start any program and wait for it, at most `timeout` seconds."""
    shown = " ".join([Path(command[0]).name, *command[1:]])
    try:
        done = subprocess.run(  # noqa: S603
            command,
            input=text,
            capture_output=True,
            timeout=timeout,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        raise ToolError(f"{shown}: no end after {timeout:g} s") from None
    except OSError as error:
        raise ToolError(f"{shown}: {error.strerror}") from None
    if done.returncode not in accept:
        words = (done.stderr or done.stdout).strip()
        raise ToolError(f"{shown}: exit code {done.returncode}: {words}")
    return Result(done.returncode, done.stdout, done.stderr)


@cache
def find(name: str) -> Tool:
    """The program at its pinned version, obtained if need be. Raises `ToolError` that says what was tried."""
    pin, tried = PINS[name], []
    offline = os.environ.get("DASKGEN_OFFLINE")
    ways = [_find_on_path, _find_in_cache, *([] if offline else [_download, _build])]
    for way in ways:
        path, how = way(name, pin)
        if path:
            return Tool(name, pin.version, path, how)
        tried.append(how)
    reasons = "".join(f"\n  {reason}" for reason in tried)
    hint = f"put {name} {pin.version} on PATH, or run `go install {pin.package}@v{pin.version}`"
    more = "; DASKGEN_OFFLINE is set, so nothing was fetched" if offline else ""
    raise ToolError(f"{name} {pin.version} is needed and was not found{more}:{reasons}\n{hint}")


def describe(name: str) -> list[str]:
    """Why the program that is used is the one: a line for each place that was passed over, then the one taken."""
    pin, lines = PINS[name], []
    for way in (_find_on_path, _find_in_cache):
        path, how = way(name, pin)
        lines.append(how)
        if path:
            return lines
    return lines


def cache_folder() -> Path:
    """Where programs are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("DASKGEN_CACHE") or Path(base) / "daskgen")


def _find_on_path(name: str, pin: Pin) -> tuple[str, str]:
    path = shutil.which(name)
    if not path:
        return "", "PATH has none"
    found = read_version(path, pin)
    if found == pin.version:
        return path, "on PATH"
    return "", f"PATH has {found or 'one that does not say its version'}, not {pin.version}: {path}"


def read_version(path: str, pin: Pin) -> str:
    """The version a program says it is, or that Go noted in it: kubeconform says "development" if Go installed it."""
    try:
        said = start([path, *pin.asks], timeout=20).output
    except ToolError:
        return ""
    match = re.search(r"v?(\d+\.\d+\.\d+)", said)
    if match:
        return match[1]
    noted = re.search(rb"\nmod\t" + re.escape(pin.module.encode()) + rb"\tv([0-9.]+)", Path(path).read_bytes())
    return noted[1].decode() if noted else said.strip()


def _kept(name: str, pin: Pin) -> Path:
    return cache_folder() / f"{name}-{pin.version}" / name


def _find_in_cache(name: str, pin: Pin) -> tuple[str, str]:
    path = _kept(name, pin)
    if os.access(path, os.X_OK):
        return str(path), "in the cache"
    return "", f"the cache has none: {path}"


def _download(name: str, pin: Pin) -> tuple[str, str]:
    system, machine = (
        sys.platform,
        {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine()),
    )
    checksum = pin.archives.get(f"{system}/{machine}")
    if not checksum:
        return "", f"there is no release for {system}/{machine}"
    url = RELEASES + pin.url.format(version=pin.version, os=system, machine=machine)
    try:
        with urllib.request.urlopen(url, timeout=DOWNLOAD_TIME) as answer:  # noqa: S310
            data = answer.read()
    except (OSError, urllib.error.URLError) as error:
        return "", f"downloading {url} failed: {error}"
    found = hashlib.sha256(data).hexdigest()
    if found != checksum:
        return "", f"downloading {url} gave something else: its SHA-256 is {found}, not {checksum}"
    return _keep(name, pin, lambda folder: _unpack(data, name, folder)), "downloaded"


def _unpack(data: bytes, name: str, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        member = archive.extractfile(name)
        if member:
            (folder / name).write_bytes(member.read())
            (folder / name).chmod(0o755)


def _build(name: str, pin: Pin) -> tuple[str, str]:
    go = shutil.which("go")
    if not go:
        return "", "there is no Go on PATH to build it with"
    # A GOFLAGS made for the user's own module would be taken for this one.
    words = [go, "install", f"{pin.package}@v{pin.version}"]
    try:
        kept = _keep(
            name,
            pin,
            lambda folder: start(["env", f"GOBIN={folder}", "GOFLAGS=", *words], timeout=BUILD_TIME),
        )
    except ToolError as error:
        return "", str(error)
    return kept, "built with go install"


def _keep(name: str, pin: Pin, make: Callable[[Path], object]) -> str:
    """Let `make` put the program into a folder of its own, then move it into the cache as a whole."""
    kept = _kept(name, pin)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        make(Path(folder))
        (Path(folder) / name).replace(kept)
    return str(kept)
