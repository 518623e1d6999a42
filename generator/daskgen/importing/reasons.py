"""Define the reasons why a rendered cluster differs from its manifests: what daskgen decides for all clusters."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.kubernetes import labels

UCX = "UCX needs devices and ports that rendered pods do not have; workers use tcp"

REMOVED = "was removed in distributed 2026.6.0; `dask {word}` replaces it"

COMMAND = "daskgen sets the command, which takes the limits of Dask from those of the container"
ENTRYPOINT = "daskgen sets args and no command, so that the entrypoint of the image runs"
PROCESSES = "each pod runs one worker process, with a thread for each core"
PORTS = "ports are fixed, so that policies can name them"
FOUND = "workers get the scheduler's address from an environment variable"
AMOUNTS = "memory and threads follow the limits of the container"
NAMED = "daskgen names objects, containers and labels after the cluster and their role"
SELECTED = "selectors use daskgen's own labels"
PROBED = (
    "daskgen's probes check the same with longer timeouts: there is a startup probe, and busy workers are not killed"
)
PROBE_MOVED = "nothing listens on port {port} in the rendered pod; daskgen's own probe replaces it"
CLOSED = "clients of the scheduler can run any code; expose.scheduler opens a node port to the addresses that it lists"
SECURED = "Pod Security `restricted`, which rendered pods comply with, does not allow it"
HANDED = "daskgen's preStop hook hands the data of a worker over to the others"
TIMED = "30 s is the default of Kubernetes; daskgen gives workers longer, to hand their data over"
NOTED = "Kubernetes sets it itself"
ROLLED = "daskgen sets the strategy: two schedulers would split the workers, and workers roll out a quarter at a time"
SERVED = "the Service has the ports 8786 and 8787, on which the scheduler listens"
PREPARED = "daskgen sets it for its own command"

OPTIONS: Mapping[str, str] = {
    **dict.fromkeys(("--name", "--nanny", "--no-nanny", "--death-timeout"), COMMAND),
    **dict.fromkeys(("--local-directory", "--dashboard", "--dashboard-prefix", "--show", "--no-show"), COMMAND),
    **dict.fromkeys(("--port", "--dashboard-address", "--worker-port", "--nanny-port", "--no-dashboard"), PORTS),
    **dict.fromkeys(("--bokeh", "--no-bokeh", "--bokeh-port", "--host", "--interface"), PORTS),
    **dict.fromkeys(("--listen-address", "--contact-address"), PORTS),
    **dict.fromkeys(("--nworkers", "--nprocs"), PROCESSES),
    **dict.fromkeys(("--nthreads", "--memory-limit"), AMOUNTS),
    "--lifetime-restart": "daskgen sets it with lifetime",
    "address": FOUND,
    "--scheduler-file": FOUND,
}
"""Options of `dask scheduler` and `dask worker` that are not imported, and why."""

AUTOSCALED = "an autoscaler sets the number of workers"
STARTED = "the cluster starts with the minimum of its range of workers"
ALONE = "a cluster always has one scheduler"

PODS: Mapping[str, str] = {
    "spec.containers.name": NAMED,
    "spec.containers.lifecycle.preStop": HANDED,
    "spec.restartPolicy": "Deployments and the operator always restart pods",
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
    "job": PODS,
    "service": SERVICE,
    "object": OBJECTS,
}
"""Role of a part to places in it, without numbers of list elements, and why their values are not kept."""

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
"""Fields with defaults in Kubernetes, and these."""

LOOSE: Mapping[str, tuple[object, ...]] = {
    "allowPrivilegeEscalation": (True,),
    "privileged": (True,),
    "readOnlyRootFilesystem": (False,),
    "runAsNonRoot": (False,),
    "runAsUser": (0,),
}
"""Fields of a security context, and the values that are not kept because of `SECURED`."""

COMMAND_ADDED = "command: `dask scheduler` or `dask worker` as args, where the manifests used the command of the image"

GPU_ADDED = "gpu: pods tolerate the taint of nodes with GPUs, and workers announce GPUs as a resource of Dask"

ADDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "security: no root, no privileges, a read-only root file system, no token of the service account": (
        ("spec", "securityContext"),
        ("spec", "automountServiceAccountToken"),
    ),
    "health: a startup probe, then readiness and liveness": (
        ("spec", "containers", "*", "livenessProbe"),
        ("spec", "containers", "*", "readinessProbe"),
    ),
    "hand-over: a worker that is terminated moves its data to the others first": (
        ("spec", "containers", "*", "lifecycle"),
    ),
    "scratch: a volume of a fixed size": (("scratch",),),
    "spread: workers are spread evenly over zones and hosts": (("spec", "topologySpreadConstraints"),),
}
"""Settings of rendered pods that manifests may lack: words, and the places that are empty then."""
