"""A workbench of OpenShift AI beside a cluster with TLS, as its controllers and restricted-v2 start it.

No controller of OpenShift AI runs here: the test makes the pod of the rendered Notebook, as its controller does, and
runs it as a user without an entry in /etc/passwd. Dask's image for notebooks, with the two files, stands for that of
workbenches.
"""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from daskgen.certificates import Credentials, create_authority, issue
from daskgen.kubernetes.objects import Object
from e2e.clusters import OPENSHIFT, RANDOM_USER, SMALL, describe, render, write_fleet
from e2e.harness import IMAGE, OUTSIDE_RANGE, Kubectl, probe, settle, start_idle

NAME, NOTEBOOK = "lab", "lab-rhods"

IMAGE_OF_WORKBENCHES = IMAGE.replace("/dask:", "/dask-notebook:")

FILES = "/etc/workbench"
"""Where the test mounts the files that the image of workbenches has."""

NOT_SERVED = ("ImageStream", "Notebook")

START = "exec jupyter lab --ip=0.0.0.0 --no-browser $NOTEBOOK_ARGS"
"""What start-notebook.sh of the image of workbenches does, also by a shell."""

WORK = """
import os
import dask.array as da
from dask.distributed import Client
client = Client()
print(client.scheduler.address, client.dashboard_link)
client.wait_for_workers(1, timeout=120)
print(int(da.ones((1000, 1000), chunks=500).sum().compute()), os.getuid())
"""

INHERITED = """
names = [item.split(b"=")[0] for item in open("/proc/1/environ", "rb").read().split(bytes(1))]
print(*sorted(name.decode() for name in names if name in (b"ca.crt", b"tls.crt", b"tls.key")))
"""

ASK = """
import os, sys, urllib.error, urllib.request
for path in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(f"http://127.0.0.1:8888{os.environ['NB_PREFIX']}/{path}", timeout=20).status)
    except urllib.error.HTTPError as error:
        print(error.code)
"""


def make_secret(name: str, credentials: Credentials) -> Object:
    """A Secret as cert-manager writes it."""
    texts = {entry: text.decode() for entry, text in credentials.files.items()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "type": "kubernetes.io/tls",
        "stringData": texts,
    }


def make_pod(notebook: Object) -> list[Object]:
    """The pod that OpenShift AI's controller makes of a Notebook, and the files of its image."""
    name, spec = notebook["metadata"]["name"], notebook["spec"]["template"]["spec"]
    [container] = spec["containers"]
    variables = {
        "NB_PREFIX": f"/notebook/{notebook['metadata']['namespace']}/{name}",
        "PYTHONPATH": FILES,
        "JUPYTER_CONFIG_PATH": FILES,
        "HOME": "/opt/app-root/src",
    }
    own: dict[str, Any] = {
        "image": IMAGE_OF_WORKBENCHES,
        "command": ["bash", "-c", START],
        "env": [*container["env"], *({"name": key, "value": value} for key, value in variables.items())],
        "volumeMounts": [*container["volumeMounts"], {"name": "files", "mountPath": FILES}],
        "resources": {"requests": {"cpu": "100m", "memory": "300Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
    }
    labels = {"notebook-name": name, "statefulset": name, "opendatahub.io/workbenches": "true"}
    pod = {
        **spec,
        "containers": [{**container, **own}],
        "volumes": [*spec["volumes"], {"name": "files", "configMap": {"name": "files"}}],
        "securityContext": {**spec["securityContext"], **RANDOM_USER},
        "terminationGracePeriodSeconds": 1,
    }
    data = files("daskgen") / "data" / "workbench"
    texts = {file.name.removesuffix(".txt"): file.read_text("utf-8") for file in data.iterdir()}
    return [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "files"}, "data": texts},
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "labels": {**notebook["metadata"]["labels"], **labels}},
            "spec": pod,
        },
    ]


def start(kubectl: Kubectl, folder: Path) -> None:
    """Start the cluster, with certificates made here, and the workbench."""
    authority, day = create_authority(NAME, timedelta(days=1)), timedelta(days=1)
    roles = ("scheduler", "worker", "client")
    made = {role: issue(authority, role, day, (f"{NAME}-{role}",), serves=role != "client") for role in roles}
    kubectl.apply([make_secret(f"{NAME}-{role}-tls", credentials) for role, credentials in made.items()])
    notebooks = [{"kind": "rhods", "image": IMAGE_OF_WORKBENCHES, "create": {"storage": "100Mi"}}]
    fields: dict[str, Any] = {**OPENSHIFT, "platform": "openshift", "tls": {"issuer": "secrets"}}
    spec = describe(kubectl.namespace, workers=1, scheduler=SMALL, notebooks=notebooks, **fields)
    objects = render(write_fleet(folder, lab=spec), NAME)
    kubectl.apply([body for body in objects if body["kind"] not in NOT_SERVED])
    [connection] = [body for body in objects if body["kind"] == "Secret"]
    assert connection["metadata"]["name"] == NOTEBOOK
    # What `oc set data` does, or cert-manager.
    texts = make_secret(NOTEBOOK, made["client"])["stringData"]
    kubectl.apply([{**connection, "stringData": texts}], "--field-manager", "certificates")
    [notebook] = [body for body in objects if body["kind"] == "Notebook"]
    kubectl.apply(make_pod(notebook))
    kubectl("rollout", "status", f"deployment/{NAME}-scheduler", "--timeout", "300s")
    kubectl("wait", f"pod/{NOTEBOOK}", "--for", "condition=Ready", "--timeout", "300s")


def run(kubectl: Kubectl, code: str, *words: str) -> list[str]:
    """What Python prints in the workbench, by lines."""
    return kubectl("exec", NOTEBOOK, "--", "python", "-c", code, *words).splitlines()


@pytest.mark.cluster
def test_a_client_without_arguments_connects_by_tls_and_strangers_do_not(namespace: Kubectl, tmp_path: Path) -> None:
    start(namespace, tmp_path)
    host, prefix = f"{NAME}-scheduler.{namespace.namespace}.svc", f"/notebook/{namespace.namespace}/{NOTEBOOK}"
    assert run(namespace, WORK)[-2:] == [
        f"tls://{host}:8786 {prefix}/proxy/{host}:8787/status",
        f"1000000 {OUTSIDE_RANGE}",
    ]
    assert run(namespace, INHERITED) == ["ca.crt tls.crt tls.key"]
    shown = run(namespace, ASK, f"proxy/{host}:8787/status", "proxy/kubernetes.default.svc:443/")
    assert shown == ["200", "403"]

    start_idle(namespace, "stranger", {"app": "stranger"})
    ports = {"scheduler": (host, 8786), "dashboard": (host, 8787)}
    expected = dict.fromkeys(ports, "shut")
    assert settle(lambda: probe(namespace, "stranger", ports), expected) == expected
    assert probe(namespace, NOTEBOOK, ports) == dict.fromkeys(ports, "open")
