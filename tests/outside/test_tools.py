"""Programs are stood in for by shell scripts, GitHub by a server on this machine, Go by a script too."""

from __future__ import annotations

import hashlib
import io
import platform
import sys
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from daskgen.findings.problem import ToolError
from daskgen.outside import disk, tools

KUSTOMIZE = "#!/bin/sh\nif [ $1 = version ]; then echo v5.8.1; exit; fi\n"
MACHINE = {"aarch64": "arm64", "x86_64": "amd64"}.get(platform.machine(), platform.machine())
PLATFORM = f"{sys.platform}/{MACHINE}"


class Place:
    """A machine with nothing but a shell: an empty folder on PATH, an empty cache, and no internet."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.cache = folder / "bin", folder / "cache"
        self.bin.mkdir()

    def put(self, name: str, script: str) -> Path:
        """Put a program on PATH."""
        return write_program(self.bin / name, script)

    def keep(self, name: str, script: str) -> Path:
        """Put a program into the cache."""
        return write_program(self.cache / f"{name}-{tools.PINS[name].version}" / name, script)


class Server(ThreadingHTTPServer):
    """Serves one archive, whatever is asked for, and counts."""

    archive, announced, status, requests = b"", 0, 200, 0


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.requests += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(self.server.announced or len(self.server.archive)))
        self.end_headers()
        self.wfile.write(self.server.archive)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    place = Place(tmp_path)
    monkeypatch.setenv("PATH", f"{place.bin}:/usr/bin:/bin")
    monkeypatch.setenv("DASKGEN_CACHE", str(place.cache))
    monkeypatch.delenv("DASKGEN_OFFLINE", raising=False)
    nowhere = {name: pin._replace(url="http://127.0.0.1:9/") for name, pin in tools.PINS.items()}
    monkeypatch.setattr(tools, "PINS", nowhere)
    tools._obtain.cache_clear()
    yield place
    tools._obtain.cache_clear()


@pytest.fixture
def server(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Where the release of kustomize is; its archive is what the checksum is for."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.archive = pack({"LICENSE": "", "kustomize": KUSTOMIZE})
        checksums = {PLATFORM: hashlib.sha256(server.archive).hexdigest()}
        url = f"http://127.0.0.1:{server.server_port}/{{version}}/kustomize_{{system}}_{{machine}}.tar.gz"
        pin = tools.PINS["kustomize"]._replace(url=url, checksums=checksums)
        monkeypatch.setattr(tools, "PINS", {**tools.PINS, "kustomize": pin})
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def write_program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return path


def pack(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def test_the_pinned_version_on_path_is_used(place: Place) -> None:
    path = place.put("kustomize", KUSTOMIZE)
    assert tools.find("kustomize") == tools.Tool("kustomize", "5.8.1", str(path), "on PATH")


def test_another_version_on_path_is_passed_over(place: Place) -> None:
    old = place.put("kustomize", "#!/bin/sh\necho '{Version:kustomize/v4.5.7 GitCommit:56d82a8}'\n")
    kept = place.keep("kustomize", KUSTOMIZE)
    reason = f"{old} is 4.5.7, not 5.8.1"
    assert tools.find("kustomize") == tools.Tool("kustomize", "5.8.1", str(kept), "in the cache", (reason,))
    assert tools.describe("kustomize") == [reason, "in the cache"]


@pytest.mark.parametrize("version", ["5.8.10", "5.8.1-rc.1", "15.8.1"])
def test_a_version_that_looks_alike_is_another(place: Place, version: str) -> None:
    place.put("kustomize", f"#!/bin/sh\necho v{version}\n")
    assert tools.describe("kustomize")[0].endswith(f"is {version}, not 5.8.1")


def test_a_version_is_read_from_what_go_notes_in_its_programs(place: Place) -> None:
    note = "path\tgithub.com/yannh/kubeconform/cmd/kubeconform\nmod\tgithub.com/yannh/kubeconform\tv{}\th1:ZFf=\n"
    script = "#!/bin/sh\necho development\nexit\n" + note
    place.put("kubeconform", script.format("0.6.7"))
    assert tools.describe("kubeconform")[0].endswith("is 0.6.7, not 0.7.0")
    place.put("kubeconform", script.format("0.7.0"))
    assert tools.describe("kubeconform") == ["on PATH"]


def test_a_program_that_does_not_say_its_version_is_passed_over(place: Place) -> None:
    place.put("kubeconform", "#!/bin/sh\necho development\n")
    assert tools.describe("kubeconform")[0].endswith("is development, not 0.7.0")


def test_a_damaged_program_in_the_cache_is_replaced(place: Place, server: Server) -> None:
    damaged = place.keep("kustomize", "\x7fELF")
    found = tools.find("kustomize")
    assert (found.path, found.how) == (str(damaged), "downloaded")
    assert f"{damaged} cannot be started: Exec format error" in found.passed_over


def test_a_release_is_downloaded_once(place: Place, server: Server) -> None:
    assert tools.find("kustomize").how == "downloaded"
    tools._obtain.cache_clear()
    assert tools.find("kustomize").how == "in the cache"
    assert server.requests == 1
    kept = {path.name for path in place.cache.rglob("*") if path.is_file()}
    assert kept == {"kustomize", tools.ARCHIVE}


def test_threads_that_need_a_program_at_once_obtain_it_once(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        paths = {found.path for found in pool.map(tools.find, ["kustomize"] * 8)}
    assert (len(paths), server.requests) == (1, 1)


def test_an_archive_with_another_checksum_is_refused(place: Place, server: Server) -> None:
    server.archive = pack({"kustomize": KUSTOMIZE + "# something more"})
    found = hashlib.sha256(server.archive).hexdigest()
    with pytest.raises(ToolError, match=f"differs from the release: its SHA-256 is {found}, not "):
        tools.find("kustomize")
    assert not list(place.cache.rglob("kustomize"))


def test_an_archive_that_ends_early_is_refused(server: Server) -> None:
    server.announced = len(server.archive) + 1
    with pytest.raises(ToolError, match=r"cannot be downloaded: IncompleteRead.* 1 more expected"):
        tools.find("kustomize")


def test_a_release_that_is_gone_is_a_reason(server: Server) -> None:
    server.status = 404
    with pytest.raises(ToolError, match="cannot be downloaded: HTTP Error 404"):
        tools.find("kustomize")


@pytest.mark.usefixtures("place")
def test_a_platform_without_release_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(ToolError, match=f"no release for {sys.platform}/riscv64 is known"):
        tools.find("kustomize")


def test_only_the_program_is_taken_from_an_archive(
    place: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.archive = pack({"../../../stray": "", "kustomize": KUSTOMIZE})
    checksums = {PLATFORM: hashlib.sha256(server.archive).hexdigest()}
    pin = tools.PINS["kustomize"]._replace(checksums=checksums)
    monkeypatch.setattr(tools, "PINS", {"kustomize": pin})
    tools.find("kustomize")
    assert not list(place.cache.parent.rglob("stray"))


def test_go_builds_what_cannot_be_downloaded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=vendor")
    place.put(
        "go", f'#!/bin/sh\n[ -z "$GOFLAGS" ] && cp {place.put("built", KUSTOMIZE)} $GOBIN/kustomize && echo $* >&2\n'
    )
    found = tools.find("kustomize")
    assert found.how == "built with go install"
    assert "127.0.0.1:9/ cannot be downloaded" in found.passed_over[-1]


def test_a_build_that_fails_leaves_nothing_behind(place: Place) -> None:
    place.put("go", "#!/bin/sh\necho partly > $GOBIN/kustomize; echo no space left >&2; exit 1\n")
    with pytest.raises(ToolError, match="exited with code 1: no space left"):
        tools.find("kustomize")
    assert not [path for path in place.cache.rglob("*") if path.is_file()]


def test_a_cache_that_cannot_be_written_is_a_reason(place: Place, server: Server) -> None:
    place.cache.write_text("a file")
    with pytest.raises(ToolError, match=r"cannot be kept in the cache: .*(File exists|Not a directory)"):
        tools.find("kustomize")


def test_nothing_is_fetched_offline(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASKGEN_OFFLINE", "1")
    with pytest.raises(ToolError, match="DASKGEN_OFFLINE is set"):
        tools.find("kustomize")
    assert server.requests == 0


def test_a_program_that_is_nowhere_is_asked_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASKGEN_OFFLINE", "1")
    with pytest.raises(ToolError) as error:
        tools.find("kustomize")
    assert str(error.value) == (
        "kustomize 5.8.1 is needed:\n"
        "  - it is not on PATH\n"
        f"  - it is not in the cache: {place.cache}/kustomize-5.8.1/kustomize\n"
        "  - DASKGEN_OFFLINE is set, so it is not downloaded or built\n"
        "Put it on PATH, such as by `go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.1`."
    )


def test_the_cache_is_where_the_user_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DASKGEN_CACHE", raising=False)
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert disk.cache_folder() == Path("/home/ada/.cache/daskgen")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache")
    assert disk.cache_folder() == Path("/var/cache/daskgen")
    monkeypatch.setenv("DASKGEN_CACHE", "/build/tools")
    assert disk.cache_folder() == Path("/build/tools")


def test_a_program_gets_text_and_gives_text(place: Place) -> None:
    place.put("kustomize", KUSTOMIZE + "cat; echo $* >&2; exit 3")
    assert tools.run("kustomize", "build", "-", text="größe: 1\n", accept=(3,)) == (3, "größe: 1\n", "build -\n")


def test_a_program_that_fails_is_quoted(place: Place) -> None:
    place.put("kustomize", KUSTOMIZE + "echo 'Error: no such file' >&2; exit 1")
    with pytest.raises(ToolError, match="`kustomize build 'my folder'` exited with code 1: Error: no such file"):
        tools.run("kustomize", "build", "my folder")


def test_a_program_that_hangs_is_ended(place: Place) -> None:
    place.put("kustomize", KUSTOMIZE + "exec tail -f /dev/null")  # never ends by itself
    with pytest.raises(ToolError, match=r"`kustomize build \.` did not end within 0\.2 seconds"):
        tools.run("kustomize", "build", ".", timeout=0.2)


@pytest.mark.tools
@pytest.mark.parametrize("name", tools.PINS)
def test_the_real_programs_can_be_had(name: str) -> None:
    found = tools.find(name)
    assert (found.name, found.version) == (name, tools.PINS[name].version)
    assert tools.run(name, tools.PINS[name].ask).code == 0


@pytest.mark.parametrize("damaged", ["kustomize", tools.ARCHIVE])
def test_a_kept_program_that_differs_from_its_release_is_not_used(place: Place, server: Server, damaged: str) -> None:
    first = tools.find("kustomize")
    tools._obtain.cache_clear()
    assert tools.find("kustomize").how == "in the cache"
    path = Path(first.path).with_name(damaged)
    path.write_bytes(path.read_bytes() + b"\n")
    tools._obtain.cache_clear()
    again = tools.find("kustomize")
    assert again.how == "downloaded"
    assert f"{again.path} is not what its release contains" in again.passed_over
    assert Path(again.path).read_text() == KUSTOMIZE
