"""Pods with more rights than daskgen gives them, and the highest level of Pod Security that admits each.

tests/kubernetes judges them without a cluster, tests/e2e sends them to the admission controller of a real API server.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

from daskgen.kubernetes.kinds import CONTAINER_LISTS
from daskgen.kubernetes.merge import merge_patch
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.pod_security import Containers, Level
from daskgen.paths import put
from daskgen.render.cluster import render_cluster
from daskgen.rules import find_templates
from support.fleets import load
from support.mutation import seeds
from support.places import GOLDEN


class Loosened(NamedTuple):
    """A change of a pod, or of one of its containers, and the highest level that admits the pod then."""

    change: Any
    level: Level
    of_pod: bool = False


def secure(**context: Any) -> Any:
    return {"securityContext": context}


OF_BOTH: list[tuple[Any, Level]] = [
    (secure(runAsUser=1000), "restricted"),
    (secure(runAsUser=0), "baseline"),
    (secure(runAsNonRoot=True), "restricted"),
    (secure(runAsNonRoot=False), "baseline"),
    (secure(seccompProfile={"type": "Localhost", "localhostProfile": "a.json"}), "restricted"),
    (secure(seccompProfile={"type": "Unconfined"}), "privileged"),
    (secure(appArmorProfile={"type": "RuntimeDefault"}), "restricted"),
    (secure(appArmorProfile={"type": "Localhost", "localhostProfile": "a"}), "restricted"),
    (secure(appArmorProfile={"type": "Unconfined"}), "privileged"),
    (secure(seLinuxOptions={"type": "container_engine_t", "level": "s0:c1"}), "restricted"),
    (secure(seLinuxOptions={"type": "spc_t"}), "privileged"),
    (secure(seLinuxOptions={"user": "system_u"}), "privileged"),
    (secure(seLinuxOptions={"role": "sysadm_r"}), "privileged"),
    (secure(windowsOptions={"hostProcess": False}), "restricted"),
]

OF_CONTAINERS: list[tuple[Any, Level]] = [
    (secure(allowPrivilegeEscalation=True), "baseline"),
    (secure(allowPrivilegeEscalation=None), "baseline"),
    (secure(privileged=False), "restricted"),
    (secure(privileged=True, allowPrivilegeEscalation=True), "privileged"),
    (secure(capabilities=None), "baseline"),
    (secure(capabilities={"drop": ["NET_RAW"]}), "baseline"),
    (secure(capabilities={"add": ["NET_BIND_SERVICE"]}), "restricted"),
    (secure(capabilities={"add": ["SYS_CHROOT", "KILL"]}), "baseline"),
    (secure(capabilities={"add": ["NET_RAW"]}), "privileged"),
    (secure(capabilities={"add": ["CAP_CHOWN"]}), "privileged"),
    (secure(procMount="Default"), "restricted"),
    ({"ports": [{"containerPort": 9000}]}, "restricted"),
    ({"ports": [{"containerPort": 9000, "hostPort": 9000}]}, "privileged"),
    ({"lifecycle": {"postStart": {"exec": {"command": ["true"]}}}}, "restricted"),
    ({"lifecycle": {"postStart": {"httpGet": {"port": 80, "host": "127.0.0.1"}}}}, "privileged"),
]

OF_PODS: list[tuple[Any, Level]] = [
    ({"hostPID": True}, "privileged"),
    ({"hostIPC": True}, "privileged"),
    ({"hostNetwork": False}, "restricted"),
    ({"hostUsers": False}, "restricted"),
    (secure(seccompProfile=None), "restricted"),
    (secure(sysctls=[{"name": "net.ipv4.tcp_rmem", "value": "4096 87380 6291456"}]), "restricted"),
    (secure(sysctls=[{"name": "net.core.somaxconn", "value": "1024"}]), "privileged"),
]

OF_VOLUMES: list[tuple[str, Any, Level]] = [
    ("csi", {"driver": "files.example.com"}, "restricted"),
    ("image", {"reference": "registry.example.com/data:1.2.3"}, "restricted"),
    ("nfs", {"server": "files", "path": "/"}, "baseline"),
    ("azureFile", {"secretName": "azure", "shareName": "share"}, "baseline"),
    ("flexVolume", {"driver": "vendor/driver"}, "baseline"),
    ("hostPath", {"path": "/data"}, "privileged"),
]

ROWS = (
    *(Loosened(change, level) for change, level in (*OF_BOTH, *OF_CONTAINERS)),
    *(Loosened(change, level, of_pod=True) for change, level in (*OF_BOTH, *OF_PODS)),
    *(
        Loosened({"volumes": [{"name": source.lower(), source: options}]}, level, of_pod=True)
        for source, options, level in OF_VOLUMES
    ),
)

KEYS = {"containers": "name", "initContainers": "name", "volumes": "name"}


def loosen(pod: Object, row: Loosened, number: int = 0) -> Object:
    """Change a pod, or one of its containers: that of this number, counted again from the first after the last."""
    if row.of_pod:
        return merge(pod, row.change)
    containers = list_containers(pod)
    path, body = containers[number % len(containers)]
    changed: Object = put(pod, path, merge(body, row.change))
    return changed


def merge(body: Object, change: Any) -> Object:
    merged: Object = merge_patch(deepcopy(body), deepcopy(change), KEYS)
    return merged


def find_rendered() -> list[Object]:
    """Find the specs of the pods of all golden fleets."""
    fleets = [load(root) for root in sorted(GOLDEN.iterdir())]
    rendered = [render_cluster(fleet.settings, fleet.read(file)) for fleet in fleets for file in fleet.clusters]
    return [template.spec for one in rendered for template in find_templates(one.resources, one.name)]


def generate_pods() -> Iterator[Object]:
    """Loosen each rendered pod in up to three ways; every row is used, too, on a pod of its own."""
    pods = find_rendered()
    for row in ROWS:
        yield loosen(pods[0], row)
    for random in seeds("pods"):
        pod = random.choice(pods)
        for row in random.sample(ROWS, random.randrange(4)):
            pod = loosen(pod, row, random.randrange(8))
        yield pod


def list_containers(pod: Object) -> Containers:
    """List the containers of a pod, each with its path."""
    return [((field, index), body) for field in CONTAINER_LISTS for index, body in enumerate(pod.get(field) or ())]
