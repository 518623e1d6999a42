"""Install packages when a pod starts: an init container writes them to a folder that every Python of the pod searches.

A virtual environment would need other commands: `dask worker` and the script of the hand-over run the image's Python.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from daskgen.kubernetes.labels import CLUSTER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.parts.config import LOCK
from daskgen.parts.packages import Packages
from daskgen.parts.policies import policy, tcp
from daskgen.parts.resources import SHORT
from daskgen.parts.storage import scratch_mounts

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Container, EnvVar, NetworkPolicy, ResourceRequirements, VolumeMount
    from daskgen.kubernetes.types import Volume as VolumeObject

NAME = "packages"
"""Name of the ConfigMap with the lock, of its volume, and of the folder on the scratch volume."""

CONTAINER = "install-packages"

FOLDER = "/packages"
"""Path of the packages, in both containers."""

LOCKED = "/etc/dask-packages"
"""Path of the lock, in the init container."""

SEARCHED = "PYTHONPATH"
"""Environment variable with which every Python of a container searches the folder first."""

HEADER = "# Made by daskgen from the cluster's `packages.lock`.\n"

COMMAND = (
    *("python", "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:"),
    *("--no-cache-dir", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"),
    *("--upgrade", "--target", FOLDER, "--requirement", f"{LOCKED}/{LOCK}"),
)
"""Command that installs only wheels whose hashes are in the lock, and runs none of their code. With `--upgrade`, pip
replaces existing packages if the container runs again."""


def install_packages(like: Container, env: list[EnvVar]) -> Container:
    """Build the init container of a pod with the container of Dask `like`, and its variables `env`."""
    container: Container = {
        "name": CONTAINER,
        "image": like["image"],
        "imagePullPolicy": like["imagePullPolicy"],
        "args": list(COMMAND),
        "env": env,
        "resources": _share(like["resources"]),
        "securityContext": deepcopy(like["securityContext"]),
        "volumeMounts": [
            mount_packages(),
            *scratch_mounts(),
            {"name": NAME, "mountPath": LOCKED, "readOnly": True},
        ],
    }
    if "envFrom" in like:
        container["envFrom"] = deepcopy(like["envFrom"])
    return container


def name_index(packages: Packages) -> list[EnvVar]:
    """Return variables with the index for pip. An index without TLS is trusted, as packages are verified by hash."""
    url = packages.source.url
    trusted: list[EnvVar] = [{"name": "PIP_TRUSTED_HOST", "value": packages.source.host}]
    return [{"name": "PIP_INDEX_URL", "value": url}, *(trusted if url.startswith("http:") else [])]


def search_packages() -> EnvVar:
    """Build the variable with the path of the packages."""
    return {"name": SEARCHED, "value": FOLDER}


def mount_packages(*, is_read_only: bool = False) -> VolumeMount:
    """Build the mount of the folder with the packages."""
    mount: VolumeMount = {"name": "scratch", "mountPath": FOLDER, "subPath": NAME}
    return {**mount, "readOnly": True} if is_read_only else mount


def build_volume() -> VolumeObject:
    """Build the volume with the lock."""
    return {"name": NAME, "configMap": {"name": NAME}}


def build_objects(packages: Packages, is_isolated: bool, is_stable: bool) -> list[Resource]:
    """Build the ConfigMap with the lock, and the policy that lets pods reach the index."""
    lock: Any = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(NAME)}
    lock["data"] = {LOCK: f"{HEADER}{packages.lock.rstrip()}\n"}
    made = [resource(lock, LOCK, "packages", "lock")._replace(stable=is_stable)]
    if is_isolated and packages.source.egress:
        made.append(resource(_reach_index(packages), "packages.yaml", "packages", "index", "egress"))
    return made


def _reach_index(packages: Packages) -> NetworkPolicy:
    index = packages.source
    rules: list[Any] = [{"to": [target.peer()], "ports": tcp(target.ports or (index.port,))} for target in index.egress]
    return policy(NAME, CLUSTER, egress=rules)


def _share(resources: ResourceRequirements) -> ResourceRequirements:
    """Return the resources of Dask's container, without devices. The two never run together: the pod needs no more."""
    return {
        "requests": {name: amount for name, amount in resources["requests"].items() if name in SHORT},
        "limits": {name: amount for name, amount in resources["limits"].items() if name in SHORT},
    }
