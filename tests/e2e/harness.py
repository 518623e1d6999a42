"""What end-to-end tests do with a cluster: call kubectl, wait, run Python in a pod."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from daskgen.yaml.write import dump_all

IMAGE = os.environ.get("DASKGEN_E2E_IMAGE", "ghcr.io/dask/dask:2026.8.0-py3.11")

OTHER_IMAGE = os.environ.get("DASKGEN_E2E_OTHER_IMAGE", "ghcr.io/dask/dask:2026.8.0")
"""Another name, with the same versions in it."""

OUTSIDE_RANGE = 1000680000
"""A user such as OpenShift's restricted-v2 gives the pods of a namespace."""


class Kubectl:
    """Calls kubectl, in one namespace if told."""

    def __init__(self, kubeconfig: str, namespace: str = "") -> None:
        self.kubeconfig, self.namespace = kubeconfig, namespace

    @classmethod
    def of_environment(cls) -> Kubectl:
        """For the cluster that KUBECONFIG names."""
        return cls(os.environ["KUBECONFIG"])

    def __call__(self, *words: str, text: str = "", check: bool = True) -> str:
        """What kubectl prints, warnings included."""
        where = ["--namespace", self.namespace] if self.namespace else []
        command = ["kubectl", "--kubeconfig", self.kubeconfig, *where, *words]
        done = subprocess.run(
            command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(words)}: {done.stdout}")
        return done.stdout

    def apply(self, objects: Sequence[dict[str, Any]], *options: str, check: bool = True) -> str:
        """Apply objects as strictly as the API server can."""
        words = ["apply", "--server-side", "--force-conflicts", "--validate=strict", *options, "--filename", "-"]
        return self(*words, text=dump_all(objects), check=check)

    def get(self, *words: str) -> Any:
        """Objects as Kubernetes has them."""
        return json.loads(self("get", *words, "--output", "json"))


def is_applied(kubectl: Kubectl, folder: Path) -> bool:
    """Apply a kustomization, and return whether all of it is there; what it defines is only known a moment later."""
    try:
        kubectl("apply", "--server-side", "--force-conflicts", "--kustomize", str(folder))
    except AssertionError:
        return False
    return True


def start_daskgen(kubectl: Kubectl, root: Path, *words: str) -> subprocess.Popen[str]:
    """Start the command in the fleet at `root`."""
    return subprocess.Popen(
        [sys.executable, "-m", "daskgen", "-C", str(root), *words],
        env=os.environ | {"KUBECONFIG": kubectl.kubeconfig},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def daskgen(kubectl: Kubectl, root: Path, *words: str, code: int = 0) -> str:
    """What the command says, and then what it prints; it is to end with `code`."""
    process = start_daskgen(kubectl, root, *words)
    printed, told = process.communicate(timeout=400)
    said = told + printed
    assert process.returncode == code, said
    return said


def run(kubectl: Kubectl, root: Path, command: str) -> None:
    """Run in `root` what `plan` prints to be run, or a document does."""
    environment = os.environ | {"KUBECONFIG": kubectl.kubeconfig}
    done = subprocess.run(
        ["bash", "-ec", command], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def wait_until(condition: Callable[[], object], what: str, timeout: float = 180) -> None:
    """Ask until it is so, ever less often, as many tests that ask are what a small machine is busy with."""
    end, pause = time.monotonic() + timeout, 0.3
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {timeout:g} s"
        time.sleep(pause)
        pause = min(1.2 * pause, 3)


def start_client(
    kubectl: Kubectl, name: str, labels: dict[str, str], code: str, image: str = IMAGE, account: str = "default"
) -> str:
    """Run Python in a pod with `labels`, and give the pod's name."""
    container = {
        "name": "client",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-c", code],
        "env": [{"name": "HOME", "value": "/tmp"}, {"name": "USER", "value": "client"}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    secure = {"runAsNonRoot": True, "runAsUser": 20000, "seccompProfile": {"type": "RuntimeDefault"}}
    # Python as a container's first process heeds no SIGTERM.
    spec = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1, "securityContext": secure}
    spec |= {"serviceAccountName": account, "containers": [container]}
    kubectl.apply([{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}, "spec": spec}])
    return name


def run_client(kubectl: Kubectl, name: str, labels: dict[str, str], code: str, timeout: float = 240, **pod: str) -> str:
    """Run Python in a pod with `labels` to its end, and give what it prints."""
    start_client(kubectl, name, labels, code, **pod)
    ended = ("Succeeded", "Failed")
    wait_until(lambda: kubectl.get("pod", name)["status"].get("phase") in ended, f"pod {name}", timeout)
    return kubectl("logs", name)


def read_answer(said: str) -> Any:
    """Read the JSON that a client has printed in a line; a client of a busy cluster may complain when it ends."""
    [answer] = [line for line in said.splitlines() if line.startswith(("{", '"'))]
    return json.loads(answer)


def read_words(said: str, first: str) -> list[str]:
    """Read the one line that begins with the word `first`, likewise."""
    [line] = [line for line in said.splitlines() if line.startswith(f"{first} ")]
    return line.split()


def wait_for_line(kubectl: Kubectl, pod: str, text: str, timeout: float = 180) -> None:
    """Wait until a pod has printed `text`."""
    wait_until(lambda: text in kubectl("logs", pod, check=False), f"{text!r} of {pod}", timeout)


GO = "/tmp/go"
"""The file for which code in a client waits that a test lets go on."""


def let_go(kubectl: Kubectl, name: str) -> None:
    """Let the code in a client go on."""
    kubectl("exec", name, "--", "touch", GO)


def list_pods(kubectl: Kubectl, component: str) -> dict[str, dict[str, Any]]:
    """The pods of `scheduler` or `worker`, those that end included, by their unique ids."""
    found = kubectl.get("pods", "--selector", f"app.kubernetes.io/component={component}")["items"]
    return {pod["metadata"]["uid"]: pod for pod in found}


def list_names(kubectl: Kubectl, component: str) -> list[str]:
    """The names of these pods."""
    return [pod["metadata"]["name"] for pod in list_pods(kubectl, component).values()]


def settle(look: Callable[[], Any], wanted: object, timeout: float = 90) -> Any:
    """Look until what is wanted is seen, and give what is seen last, which a test compares with what it wants."""
    end = time.monotonic() + timeout
    while (seen := look()) != wanted and time.monotonic() < end:
        time.sleep(1)
    return seen


PROBE = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
def probe(address):
    try:
        socket.create_connection(tuple(address), 3).close()
    except socket.gaierror:
        return "no such name"
    except OSError:
        return "shut"
    return "open"
targets = json.loads(sys.argv[1])
with ThreadPoolExecutor(len(targets)) as pool:
    print(json.dumps(dict(zip(targets, pool.map(probe, targets.values())))))
"""


def probe(kubectl: Kubectl, pod: str, targets: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """What a pod finds at each host and port, by the targets' names: `open`, `shut` or `no such name`."""
    found: dict[str, str] = json.loads(kubectl("exec", pod, "--", "python", "-c", PROBE, json.dumps(targets)))
    return found


def list_addresses(kubectl: Kubectl, component: str) -> list[str]:
    """The addresses of the pods of `scheduler` or `worker`."""
    return [pod["status"]["podIP"] for pod in list_pods(kubectl, component).values()]


def describe_namespace(name: str) -> dict[str, Any]:
    """A namespace whose Pod Security is `restricted`."""
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def make_claim(name: str) -> dict[str, Any]:
    """A claim of 1 GiB."""
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def make_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """A certificate for `host` that is its own authority, and its key."""
    certificate, key = folder / "tls.crt", folder / "tls.key"
    new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=tests", "-addext", f"subjectAltName=DNS:{host}"]
    written = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *new, *named, *written], check=True, capture_output=True)
    return certificate, key


def start_idle(kubectl: Kubectl, name: str, labels: dict[str, str]) -> None:
    """Start a pod with `labels` in which tests run what they like."""
    start_client(kubectl, name, labels, "import signal; signal.pause()")
    kubectl("wait", f"pod/{name}", "--for", "condition=Ready", "--timeout", "180s")


def list_nodes(kubectl: Kubectl) -> dict[str, str]:
    """The addresses of the nodes, by their names."""
    return {
        node["metadata"]["name"]: item["address"]
        for node in kubectl.get("nodes")["items"]
        for item in node["status"]["addresses"]
        if item["type"] == "InternalIP"
    }


def find_own_address(node: str) -> str:
    """The address from which a node is called here."""
    with socket.create_connection((node, 10250), 3) as connection:
        return str(connection.getsockname()[0])
