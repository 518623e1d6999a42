"""TLS by a real cert-manager: who has no certificate is refused, nothing is readable, and renewal loses nothing."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from daskgen.certificates import Credentials, create_authority, issue
from e2e.addons.install import install_addon
from e2e.clusters import CLIENT, deploy, describe, write_fleet
from e2e.harness import (
    GO,
    IMAGE,
    Kubectl,
    daskgen,
    let_go,
    list_addresses,
    list_names,
    list_pods,
    read_answer,
    run_client,
    start_client,
    wait_for_line,
    wait_until,
)

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("cert-manager")]

TLS = {"issuer": "cert-manager"}

TINY = {"requests": {"cpu": "20m", "memory": "200Mi"}, "limits": {"cpu": "1", "memory": "700Mi"}, "scratch": "1Gi"}

SECURITY = """
from dask.distributed import Client
from distributed.security import Security
from pathlib import Path
files = {files!r}
security = Security(require_encryption=True, **{{f"tls_{{name}}": text for name, text in files.items()}})
"""

TRIES = """
import asyncio, json, ssl
from distributed.comm import connect
refused = {{}}
async def attempt(name, address, **options):
    try:
        comm = await connect(address, timeout=5, **options)
        await comm.close()
        refused[name] = ""
    except Exception as error:
        refused[name] = type(error).__name__
async def main():
    foreign, own = security.get_connection_args("client"), Security().get_connection_args("client")
    for port, host in {targets!r}:
        await attempt(f"plain {{port}}", f"tcp://{{host}}:{{port}}")
        await attempt(f"foreign {{port}}", f"tls://{{host}}:{{port}}", **foreign)
        await attempt(f"own {{port}}", f"tls://{{host}}:{{port}}", **own)
asyncio.run(main())
print(json.dumps(refused))
"""

WORK = """
client = Client("tls://tls-scheduler:8786", security=security, timeout=60)
client.wait_for_workers(2, timeout=120)
print('"' + str(client.submit(sum, [1, 2]).result()) + '"')
"""

MARK = "daskgen-reads-this-on-the-wire"

SEND = f"""
import os
from dask.distributed import Client, wait
with Client(timeout=60) as client:
    client.wait_for_workers(2, timeout=120)
    for _ in range(20):
        data = os.urandom(200) + {MARK!r}.encode() + os.urandom(200)
        client.gather(client.submit(lambda x: x[::-1], data, pure=False))
"""

SNIFF = f"""
import socket, time
packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
packets.settimeout(1)
print("listening", flush=True)
end, seen, number = time.monotonic() + 600, 0, 0
while time.monotonic() < end:
    try:
        packet = packets.recv(1 << 16)
    except TimeoutError:
        continue
    number += 1
    if {MARK!r}.encode() in packet:
        seen += 1
        print("seen", seen, flush=True)
"""


@pytest.fixture(scope="module")
def cert_manager(cluster: Kubectl) -> None:
    install_addon(cluster, "cert_manager", "cert-manager")


def as_options(credentials: Credentials) -> dict[str, str]:
    """Return a client's certificate by Dask's options."""
    names = ("ca_file", "client_cert", "client_key")
    return {name: text.decode() for name, text in zip(names, credentials, strict=True)}


def read_secret(kubectl: Kubectl, name: str) -> Credentials:
    """Return what a Secret holds."""
    data = kubectl.get("secret", name)["data"]
    return Credentials(*(b64decode(data[entry]) for entry in ("ca.crt", "tls.crt", "tls.key")))


def run_cluster(kubectl: Kubectl, folder: Path, **fields: Any) -> Path:
    """Write a fleet whose cluster `tls` runs."""
    groups = [{**TINY, "replicas": 2, "threads": 1}]
    spec = {**describe(kubectl.namespace), "scheduler": TINY, "workers": groups, **fields}
    root = write_fleet(folder, tls=spec)
    deploy(kubectl, root, "tls")
    return root


def run_inside(kubectl: Kubectl, pod: str, code: str) -> str:
    """Run Python in a pod of the cluster."""
    return kubectl("exec", pod, "--", "python", "-c", code)


@pytest.fixture(params=["deployments", "operator"])
def encrypted(request: pytest.FixtureRequest, cert_manager: None, namespace: Kubectl, tmp_path: Path) -> Path:
    """A fleet whose cluster `tls` runs, with each engine."""
    engine: Any = {"kind": request.param}
    if request.param == "operator":
        engine["namespace"] = request.getfixturevalue("operator")
    return run_cluster(namespace, tmp_path, engine=engine, tls=TLS)


def test_only_who_has_a_certificate_is_served(encrypted: Path, namespace: Kubectl) -> None:
    said = daskgen(namespace, encrypted, "smoke", "tls", "--size", "200", "--timeout", "240")
    assert "tls://tls-scheduler" in said
    [scheduler], [worker, *_] = list_names(namespace, "scheduler"), list_addresses(namespace, "worker")
    foreign = issue(create_authority("another", timedelta(days=1)), "mallory", timedelta(days=1), serves=True)
    targets = [(8786, "127.0.0.1"), (8789, worker)]
    code = SECURITY.format(files=as_options(foreign)) + TRIES.format(targets=targets)
    refused = read_answer(run_inside(namespace, scheduler, code))
    assert {name for name, error in refused.items() if not error} == {"own 8786", "own 8789"}
    assert len(refused) == 6


def test_a_person_gets_a_certificate(
    cert_manager: None, namespace: Kubectl, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = run_cluster(namespace, tmp_path, tls=TLS)
    folder = tmp_path_factory.mktemp("keys")
    daskgen(namespace, root, "connect", "tls", "--certificate", "alice", "--days", "2", "--output", str(folder))
    files = Credentials(*((folder / name).read_bytes() for name in ("ca.crt", "tls.crt", "tls.key")))
    certificate = x509.load_pem_x509_certificate(files.certificate)
    assert certificate.subject.rfc4514_string() == "CN=alice"
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=2, hours=1)
    code = SECURITY.format(files=as_options(files)) + WORK
    assert read_answer(run_client(namespace, "alice", CLIENT, code)) == "3"
    assert "alice" not in namespace("get", "certificaterequests", "--output", "name")


KEEP = f"""
GO = {GO!r}
import time
client = Client("tls://tls-scheduler:8786", security=security, timeout=60)
client.wait_for_workers(2, timeout=120)
futures = client.map(lambda seed: __import__("os").urandom(100), range(40), pure=False)
before = client.gather(futures)
print("kept", flush=True)
while not Path(GO).exists():
    time.sleep(0.5)
print('"' + str(client.gather(futures) == before) + '"', flush=True)
"""

SERIAL = """
import socket, ssl
context = ssl.create_default_context(cafile="/etc/dask-tls/ca.crt")
context.check_hostname = False
context.load_cert_chain("/etc/dask-tls/tls.crt", "/etc/dask-tls/tls.key")
with context.wrap_socket(socket.create_connection(("127.0.0.1", 8786))) as opened:
    print('"' + opened.getpeercert()["serialNumber"] + '"')
"""


def test_a_renewed_certificate_costs_nothing(cert_manager: None, namespace: Kubectl, tmp_path: Path) -> None:
    root = run_cluster(namespace, tmp_path, tls=TLS)
    [scheduler] = list_names(namespace, "scheduler")
    serve: Callable[[], Any] = partial(read_serial, namespace, scheduler)
    before = serve()
    files = as_options(read_secret(namespace, "tls-client-tls"))
    client = start_client(namespace, "client", CLIENT, SECURITY.format(files=files) + KEEP)
    wait_for_line(namespace, client, "kept")
    # cert-manager issues what is missing anew.
    namespace("delete", "secret", "tls-scheduler-tls", "tls-worker-tls")
    wait_until(lambda: serve() != before, "the scheduler's new certificate", 300)
    let_go(namespace, client)
    wait_for_line(namespace, client, '"')
    assert read_answer(namespace("logs", client)) == "True"
    daskgen(namespace, root, "smoke", "tls", "--size", "200", "--timeout", "240")
    [pod] = list_pods(namespace, "scheduler").values()
    assert [status["restartCount"] for status in pod["status"]["containerStatuses"]] == [0]


def read_serial(kubectl: Kubectl, pod: str) -> Any:
    """Return the serial number of the certificate that a scheduler shows."""
    return read_answer(run_inside(kubectl, pod, SERIAL))


def listen(kubectl: Kubectl, name: str) -> None:
    """Start a pod that reads every packet of the node."""
    container = {
        "name": "sniffer",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-c", SNIFF],
        "securityContext": {"privileged": True, "runAsUser": 0},
    }
    spec = {
        "hostNetwork": True,
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 1,
        "containers": [container],
    }
    kubectl.apply([{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}])
    wait_for_line(kubectl, name, "listening")


@pytest.mark.parametrize("encrypts", [False, True], ids=["plain", "TLS"])
def test_what_the_wire_carries(
    encrypts: bool, cert_manager: None, cluster: Kubectl, namespace: Kubectl, tmp_path: Path
) -> None:
    run_cluster(namespace, tmp_path, **({"tls": TLS} if encrypts else {}))
    name = f"{namespace.namespace}-sniffer"
    system = Kubectl(cluster.kubeconfig, "kube-system")
    listen(system, name)
    try:
        run_inside(namespace, list_names(namespace, "worker")[0], SEND)
        seen = "seen" in system("logs", name)
    finally:
        system("delete", "pod", name, "--wait=false")
    assert seen is not encrypts
