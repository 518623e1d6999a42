"""Name the fields that people mean when they write the words of Kubernetes, Helm, delivery engines or older Dask."""

from __future__ import annotations

from collections.abc import Collection, Mapping

GUESSES: Mapping[str, tuple[str, ...]] = {
    "image": ("imagePullSecrets", "pullSecrets"),
    "namespace": ("ns",),
    "env": ("environment", "variables"),
    "packages": ("pip", "conda", "extraPackages", "requirements"),
    "expose": ("dashboard", "ingress", "route", "nodePort", "nodeport", "loadBalancer", "serviceType"),
    "shm": ("sharedMemory", "shmSize", "devShm"),
    "containers": ("sidecars", "extraContainers", "sidecarContainers"),
    "initContainers": ("extraInitContainers", "inits"),
    "serviceAccount": ("serviceAccountName", "account"),
    "limits": ("resources",),
    "resources": ("gpu",),
    "memory": ("memoryLimit", "memory_limit"),
    "processes": ("nworkers", "n_workers", "nWorkers", "workersPerPod"),
    "threads": ("nthreads", "threadsPerWorker", "threads_per_worker"),
    "scratch": ("storage", "localDirectory", "ephemeralStorage"),
    "volumes": ("volumeMounts", "mounts", "persistence"),
    "min": ("minimum", "minReplicas"),
    "max": ("maximum", "maxReplicas"),
    "replicas": ("minReplicas", "maxReplicas", "minimum", "maximum", "min", "max", "count", "autoscaling", "adaptive"),
    "host": ("hostname", "domain"),
    "class": ("ingressClassName", "className", "ingressClass"),
    "secret": ("secretName", "tlsSecret"),
    "repository": ("repoURL", "repoUrl", "url", "git"),
    "branch": ("targetRevision", "revision", "ref"),
}
"""Names of fields, and what people write instead; a name of several fields means the first that a map has."""

FORMS: Mapping[str, str] = {
    "image": "image: {name: NAME, tag: TAG, pullSecrets: [SECRET]}",
    "packages": "packages: {pip: [NAME==VERSION]}",
    "expose": "expose: {dashboard: {kind: KIND, …}}",
    "limits": "cpu and memory, or requests and limits, without resources",
    "resources": "resources: {nvidia.com/gpu: NUMBER}",
    "volumes": "volumes: [{name: NAME, mountPath: PATH, …}]",
    "replicas": "replicas: NUMBER, or replicas: {min: NUMBER, max: NUMBER}",
}
"""How to write a field, if its name is not enough."""


def guess(name: str, known: Collection[str]) -> str:
    """Suggest the field that is probably meant by a name; "" if nobody is known to mean a field by it."""
    meant = next((field for field, names in GUESSES.items() if name in names and field in known), "")
    return f"write {FORMS[meant]}" if meant in FORMS else f"did you mean {meant}?" if meant else ""
