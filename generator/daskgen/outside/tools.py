"""Run the programs that check rendered trees, at their pinned versions."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import re
import shutil
import sys
import tarfile
import tempfile
import urllib.request
from collections.abc import Callable, Collection, Mapping
from functools import cache
from http.client import HTTPException
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from daskgen.findings.problem import ToolError
from daskgen.outside.disk import cache_folder
from daskgen.outside.processes import Result, start

ASK_TIME, DOWNLOAD_TIME, BUILD_TIME = 20.0, 60.0, 1800.0
"""Timeouts in seconds: for a program to print its version, for a server to answer, and for Go to build kustomize."""


ARCHIVE = "release.tar.gz"
"""Name of the release of a downloaded program, beside it in the cache."""


class Pin(NamedTuple):
    """A program at the one version that is used.

    `ask` makes it print its version; `package` is what Go builds it from; `url` is that of its releases, with
    `checksums` from platform to the SHA-256 of the archive.
    """

    version: str
    ask: str
    package: str
    url: str
    checksums: Mapping[str, str]


PINS: Mapping[str, Pin] = {
    "kustomize": Pin(
        version="5.8.1",  # 5.8.0 loses namespaces: kubernetes-sigs/kustomize#6031
        ask="version",
        package="sigs.k8s.io/kustomize/kustomize/v5",
        url="https://github.com/kubernetes-sigs/kustomize/releases/download/"
        "kustomize%2Fv{version}/kustomize_v{version}_{system}_{machine}.tar.gz",
        checksums={
            "darwin/amd64": "ee7cf0c1e3592aa7bb66ba82b359933a95e7f2e0b36e5f53ed0a4535b017f2f8",
            "darwin/arm64": "8886f8a78474e608cc81234f729fda188a9767da23e28925802f00ece2bab288",
            "linux/amd64": "029a7f0f4e1932c52a0476cf02a0fd855c0bb85694b82c338fc648dcb53a819d",
            "linux/arm64": "0953ea3e476f66d6ddfcd911d750f5167b9365aa9491b2326398e289fef2c142",
        },
    ),
    "kubeconform": Pin(
        version="0.7.0",
        ask="-v",
        package="github.com/yannh/kubeconform/cmd/kubeconform",
        url="https://github.com/yannh/kubeconform/releases/download/v{version}/kubeconform-{system}-{machine}.tar.gz",
        checksums={
            "darwin/amd64": "c6771cc894d82e1b12f35ee797dcda1f7da6a3787aa30902a15c264056dd40d4",
            "darwin/arm64": "b5d32b2cb77f9c781c976b20a85e2d0bc8f9184d5d1cfe665a2f31a19f99eeb9",
            "linux/amd64": "c31518ddd122663b3f3aa874cfe8178cb0988de944f29c74a0b9260920d115d3",
            "linux/arm64": "cc907ccf9e3c34523f0f32b69745265e0a6908ca85b92f41931d4537860eb83c",
        },
    ),
}


class Tool(NamedTuple):
    """A program, how it was obtained, and why other ways were not used."""

    name: str
    version: str
    path: str
    how: str
    passed_over: tuple[str, ...] = ()


def run(tool: str, *arguments: str, text: str = "", timeout: float = 120, accept: Collection[int] = (0,)) -> Result:
    """Run one of `PINS` with `text` on its standard input, for at most `timeout` seconds.

    Raises `ToolError` with the program's message if it exits with a code not in `accept`, or not in time.
    """
    return start([find(tool).path, *arguments], timeout, text, accept)


def find(name: str) -> Tool:
    """Return the program at its pinned version; obtain it if needed. Raises `ToolError` with what was tried."""
    with _obtaining:
        return _obtain(name)


def describe(name: str) -> list[str]:
    """List why other ways are not used, and last how the program is obtained, without doing so."""
    tool = _seek(name, PINS[name], PRESENT)
    return [*tool.passed_over, tool.how]


_obtaining = Lock()


@cache
def _obtain(name: str) -> Tool:
    return obtain(name, PINS[name])


def obtain(name: str, pin: Pin) -> Tool:
    """Find a program at the version of `pin`, or download or build it. Raises `ToolError` with what was tried."""
    offline = os.environ.get("DASKGEN_OFFLINE", "0") not in ("", "0")
    tool = _seek(name, pin, PRESENT if offline else {**PRESENT, **OBTAINABLE})
    if tool.path:
        return tool
    tried = [*tool.passed_over, *(["DASKGEN_OFFLINE is set, so it is not downloaded or built"] if offline else [])]
    reasons = [f"  - {reason}" for reason in tried]
    install = f"go install {pin.package}@v{pin.version}"
    raise ToolError(f"{name} {tool.version} is needed:", *reasons, f"Put it on PATH, such as by `{install}`.")


def _seek(name: str, pin: Pin, ways: Mapping[str, Way]) -> Tool:
    reasons = []
    for how, way in ways.items():
        try:
            path = way(name, pin)
            _expect_version(path, pin)
        except ToolError as reason:
            reasons.append(str(reason))
        else:
            return Tool(name, pin.version, str(path), how, tuple(reasons))
    return Tool(name, pin.version, "", "missing", tuple(reasons))


def _look_on_path(name: str, _: Pin) -> Path:
    if path := shutil.which(name):
        return Path(path)
    raise ToolError("it is not on PATH")


def _look_in_cache(name: str, pin: Pin) -> Path:
    path = _place(name, pin)
    if not path.is_file():
        raise ToolError(f"it is not in the cache: {path}")
    archive = path.with_name(ARCHIVE)
    if archive.is_file() and not _holds(archive.read_bytes(), path, pin):
        raise ToolError(f"{path} is not what its release contains")
    return path


def _holds(archive: bytes, program: Path, pin: Pin) -> bool:
    """Return whether an archive is that of the release and holds a program just as it is kept."""
    is_release = hashlib.sha256(archive).hexdigest() == pin.checksums.get(_name_platform())
    return is_release and _unpack(archive, program.name) == program.read_bytes()


def _download(name: str, pin: Pin) -> Path:
    checksum = pin.checksums.get(_name_platform())
    if not checksum:
        raise ToolError(f"no release for {_name_platform()} is known")
    system, _, machine = _name_platform().partition("/")
    url = pin.url.format(version=pin.version, system=system, machine=machine)
    archive = _fetch(url)
    if (found := hashlib.sha256(archive).hexdigest()) != checksum:
        raise ToolError(f"{url} differs from the release: its SHA-256 is {found}, not {checksum}")
    return _keep(name, pin, lambda folder: _write(archive, folder / name))


def _name_platform() -> str:
    """Return the platform as releases do: linux/amd64."""
    machine = {"aarch64": "arm64", "x86_64": "amd64"}.get(platform.machine(), platform.machine())
    return f"{sys.platform}/{machine}"


def _fetch(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=DOWNLOAD_TIME) as answer:  # noqa: S310
            content: bytes = answer.read()
    except (OSError, HTTPException) as error:
        raise ToolError(f"{url} cannot be downloaded: {error}") from None
    return content


def _write(archive: bytes, program: Path) -> None:
    """Write a program, and the archive with which it is compared at its first use in each later process."""
    program.with_name(ARCHIVE).write_bytes(archive)
    program.write_bytes(_unpack(archive, program.name))
    program.chmod(0o755)


def _unpack(archive: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        content = members.extractfile(name)
        return content.read() if content else b""


def _build(name: str, pin: Pin) -> Path:
    if not (go := shutil.which("go")):
        raise ToolError("Go, which would build it, is not on PATH")
    # The user's flags and target platform are not for this build; with another platform, Go refuses GOBIN.
    without = ["env", "-u", "GOARCH", "-u", "GOFLAGS", "-u", "GOOS"]
    install = [go, "install", f"{pin.package}@v{pin.version}"]
    return _keep(name, pin, lambda folder: start([*without, f"GOBIN={folder}", *install], BUILD_TIME))


def _keep(name: str, pin: Pin, make: Callable[[Path], object]) -> Path:
    """Make it in a temporary folder, then move it into the cache, so that other processes never see a part of it."""
    place = _place(name, pin)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            make(Path(folder))
            # The program comes last: it is never there without its archive.
            for made in sorted(Path(folder).iterdir(), key=lambda path: path.name == name):
                made.replace(place.with_name(made.name))
    except OSError as error:
        raise ToolError(f"it cannot be kept in the cache: {error}") from None
    return place


def _place(name: str, pin: Pin) -> Path:
    return cache_folder() / f"{name}-{pin.version}" / name


Way = Callable[[str, Pin], Path]
PRESENT: Mapping[str, Way] = {"on PATH": _look_on_path, "in the cache": _look_in_cache}
OBTAINABLE: Mapping[str, Way] = {"downloaded": _download, "built with go install": _build}


def _expect_version(path: Path, pin: Pin) -> None:
    said = start([str(path), pin.ask], ASK_TIME).output.strip()
    number = re.search(r"\d+\.\d+\.\d+[-+.\w]*", said)
    version = number[0] if number else _read_build_info(path, pin) or said
    if version != pin.version:
        raise ToolError(f"{path} is {version}, not {pin.version}")


def _read_build_info(path: Path, pin: Pin) -> str:
    """Return the version that Go writes into binaries: built by `go install`, kubeconform prints only "development"."""
    note = rb"path\t%s\nmod\t[^\t]+\tv([^\t\n]+)" % re.escape(pin.package.encode())
    found = re.search(note, path.read_bytes())
    return found[1].decode() if found else ""
