"""Make the short-lived Job that runs a client in the cluster's namespace, with labels that network policies admit."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

from daskgen.findings.problem import DaskgenError
from daskgen.kubernetes.labels import CLIENT
from daskgen.kubernetes.objects import Object
from daskgen.live import workload
from daskgen.live.rendered import find_pod_sets
from daskgen.live.workload import Order
from daskgen.parts.image import Image
from daskgen.parts.installing import CONTAINER
from daskgen.parts.installing import NAME as PACKAGES
from daskgen.parts.pods import Pod
from daskgen.parts.tls import TLS
from daskgen.spec.cluster import Cluster

RESOURCES = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
"""Resources of the client's container; the workers do the work."""

KEPT = ("scratch", "config", PACKAGES, TLS)
"""Volumes of the scheduler that the client's pod keeps."""

ONCE = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 5}

FORGET_AFTER = 300
"""Seconds until Kubernetes deletes a Job that daskgen did not delete."""


def find_client_labels(cluster: Cluster) -> dict[str, str]:
    """Return labels with which the network policies admit a pod in the cluster's namespace.

    Raises `DaskgenError` if they admit only pods in other namespaces, or addresses.
    """
    if not cluster.network.isolation:
        return {CLIENT: "true"}
    for peer in cluster.network.admitted(cluster.workbenches):
        if not (peer.cidr or peer.namespace_labels) and peer.namespace in (None, cluster.namespace.name):
            return dict(peer.pod_labels)
    raise DaskgenError(
        f"the network policies of {cluster.name} admit no pod in its namespace {cluster.namespace.name}; "
        "run the client on this machine: --via port-forward"
    )


def find_notebook_image(cluster: Cluster, name: str) -> Image:
    """Return the image of a notebook of the cluster. Raises `DaskgenError` if there is none of this name."""
    images: dict[str, Image] = {}
    for index, each in enumerate(cluster.notebooks):
        own = [image for path, image in cluster.find_notebook_images() if path[:2] == ("notebooks", index)]
        if isinstance(each, Pod):
            own = [each.image or cluster.image]
        images |= {each.object_name: own[0]} if own else {}
    if name not in images:
        known = f"those with an image are {', '.join(images)}" if images else "none has an image"
        raise DaskgenError(f"{cluster.name} has no notebook {name}; {known}")
    return images[name]


def make_job(cluster: Cluster, objects: Iterable[Object], order: Order, notebook: str = "") -> Object:
    """Return a Job with the pod of the scheduler in the rendered `objects`, which runs `order` once instead.

    `notebook` names a notebook of the cluster whose image the Job runs. Raises `DaskgenError` if there is none.
    """
    pod = deepcopy(min(find_pod_sets(objects), key=lambda pods: bool(pods.group)).spec)
    pod["containers"] = [_make_container(pod["containers"][0], order)]
    if notebook:
        image = find_notebook_image(cluster, notebook)
        pod["containers"][0] |= {"image": image.reference, "imagePullPolicy": image.pull_policy}
        pod |= {"imagePullSecrets": [{"name": name} for name in image.pull_secrets]}
    first = [one for one in pod.pop("initContainers", ()) if one["name"] == CONTAINER]
    pod |= {"initContainers": first} if first else {}
    pod["volumes"] = [volume for volume in pod["volumes"] if volume["name"] in KEPT]
    if cluster.encryption:
        own = cluster.encryption.volume("client")
        pod["volumes"] = [own if volume["name"] == TLS else volume for volume in pod["volumes"]]
    labels = find_client_labels(cluster)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{cluster.name}-smoke-{uuid4().hex[:5]}",
            "namespace": cluster.namespace.name,
            "labels": labels,
        },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": math.ceil(order["timeout"]),
            "ttlSecondsAfterFinished": FORGET_AFTER,
            "template": {"metadata": {"labels": labels}, "spec": {**pod, **ONCE}},
        },
    }


def _make_container(scheduler: Object, order: Order) -> Object:
    env: list[Any] = [*scheduler.get("env", []), {"name": "DASKGEN_SMOKE", "value": json.dumps(order)}]
    return {
        "name": "client",
        "image": scheduler["image"],
        "imagePullPolicy": scheduler["imagePullPolicy"],
        "command": ["python", "-c", Path(workload.__file__).read_text(encoding="utf-8")],
        "env": env,
        "resources": deepcopy(RESOURCES),
        "securityContext": scheduler["securityContext"],
        "volumeMounts": [mount for mount in scheduler["volumeMounts"] if mount["name"] in KEPT],
    }
