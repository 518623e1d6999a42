"""Give the reasons why a rendered cluster differs from its manifests: what daskgen decides for all clusters."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.kubernetes import labels

UCX = "UCX needs devices and ports that rendered pods do not have; workers use tcp"

REMOVED = "is gone since distributed 2026.6.0, and `dask {word}` takes its place"

COMMAND = "the command is daskgen's, which gives Dask its limits from the container's own"
ENTRYPOINT = "daskgen sets args and no command, so that the image's own entrypoint runs"
PROCESSES = "each pod runs one worker process, with a thread for each core"
PORTS = "ports are fixed, so that policies can name them"
FOUND = "workers find the scheduler through a variable"
AMOUNTS = "memory and threads are the container's own limits"
NAMED = "objects, containers and their labels are named after the cluster and what they are"
SELECTED = "selectors use daskgen's own labels"
PROBED = "probes ask the same, with more patience: a startup probe gives time, a busy worker is not killed"
PROBE_MOVED = "it asks port {port}, where nothing listens in what is rendered; daskgen's own probe takes its place"
CLOSED = "the scheduler runs any code it is sent; expose.scheduler opens a node port to the addresses that it names"
SECURED = "Pod Security `restricted` refuses it, and rendered pods run under it"
HANDED = "a worker that goes hands its data over first"
TIMED = "30 s are what Kubernetes fills in; workers get longer to hand their data over"
NOTED = "Kubernetes notes it itself"
ROLLED = "two schedulers would each have half of the workers; workers are replaced a quarter at a time"
SERVED = "the Service serves 8786 and 8787, where the scheduler listens"
PREPARED = "daskgen sets it for its own command"

OPTIONS: Mapping[str, str] = {
    **dict.fromkeys(("--name", "--nanny", "--no-nanny", "--death-timeout"), COMMAND),
    **dict.fromkeys(("--local-directory", "--dashboard", "--dashboard-prefix", "--show", "--no-show"), COMMAND),
    **dict.fromkeys(("--port", "--dashboard-address", "--worker-port", "--nanny-port", "--no-dashboard"), PORTS),
    **dict.fromkeys(("--bokeh", "--no-bokeh", "--bokeh-port", "--host", "--interface"), PORTS),
    **dict.fromkeys(("--listen-address", "--contact-address"), PORTS),
    **dict.fromkeys(("--nworkers", "--nprocs"), PROCESSES),
    **dict.fromkeys(("--nthreads", "--memory-limit"), AMOUNTS),
    "--lifetime-restart": "it comes with lifetime",
    "address": FOUND,
    "--scheduler-file": FOUND,
}
"""Options of `dask scheduler` and `dask worker` that the rendered command has too, or does without, and why."""

STARTED = "the cluster begins with the least workers of its range"
ALONE = "there is one scheduler, always"

PODS: Mapping[str, str] = {
    "spec.containers.name": NAMED,
    "spec.containers.lifecycle.preStop": HANDED,
    "spec.restartPolicy": "Deployments and the operator restart pods always",
    "spec.serviceAccount": "it is a deprecated alias of serviceAccountName",
    "metadata.name": NAMED,
}

SCHEDULER = {**PODS, "replicas": ALONE}

SERVICE: Mapping[str, str] = {
    "type": CLOSED,
    "externalTrafficPolicy": CLOSED,
    "loadBalancerIP": CLOSED,
    "loadBalancerClass": CLOSED,
    "loadBalancerSourceRanges": CLOSED,
    "allocateLoadBalancerNodePorts": CLOSED,
    "ports.nodePort": CLOSED,
    "ports": SERVED,
    "selector": SELECTED,
    **dict.fromkeys(("ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"), NOTED),
}

OBJECTS: Mapping[str, str] = {
    "metadata.name": NAMED,
    **{f"metadata.labels.{key}": NAMED for key in labels.OURS},
    "spec.selector": SELECTED,
    "spec.strategy": ROLLED,
}

TABLES: Mapping[str, Mapping[str, str]] = {
    "scheduler": SCHEDULER,
    "workers": PODS,
    "service": SERVICE,
    "object": OBJECTS,
}
"""Role of a part to places in it, without numbers of list elements, and why what stands there is not kept."""

IMPLIED: Mapping[str, object] = {
    "type": "ClusterIP",
    "sessionAffinity": "None",
    "protocol": "TCP",
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "preemptionPolicy": "PreemptLowerPriority",
    "revisionHistoryLimit": 10,
    "progressDeadlineSeconds": 600,
}
"""Fields that Kubernetes fills in where they are missing, and with what."""

LOOSE: Mapping[str, tuple[object, ...]] = {
    "allowPrivilegeEscalation": (True,),
    "privileged": (True,),
    "readOnlyRootFilesystem": (False,),
    "runAsNonRoot": (False,),
    "runAsUser": (0,),
}
"""Fields of a security context, and the values that are not kept because of `SECURED`."""

COMMAND_ADDED = "command: `dask scheduler` or `dask worker` as args, where the image's own command was used"

GPU_ADDED = "gpu: pods tolerate the taint of nodes with GPUs, and workers count GPUs as Dask's own resource"

ADDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "security: no root, no privileges, a root file system that is only read, no token of the service account": (
        ("spec", "securityContext"),
        ("spec", "automountServiceAccountToken"),
    ),
    "health: a startup probe, then readiness and liveness": (
        ("spec", "containers", "*", "livenessProbe"),
        ("spec", "containers", "*", "readinessProbe"),
    ),
    "hand-over: a worker that goes moves its data to the others": (("spec", "containers", "*", "lifecycle"),),
    "room: a scratch volume of a known size": (("scratch",),),
    "spread: workers are spread over zones and hosts": (("spec", "topologySpreadConstraints"),),
}
"""What rendered pods have where manifests say nothing: words, and the places that must be empty."""
