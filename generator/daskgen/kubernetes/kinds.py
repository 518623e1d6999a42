"""Describe the kinds of objects that are rendered: one row for each, with all that daskgen needs to know about it.

The places of names, selectors and images are those of kustomize 5.8.1, api/internal/konfig/builtinpluginconsts:
kustomize does not change others, such as arguments and variables. In custom resources it knows only containers; their
bases configure the rest (`layers/configuration.py`). Merge keys are those of Kubernetes' API types
(`patchMergeKey`). In a `PathPattern`, `*` stands for every element of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from daskgen.kubernetes.kind import DASK_GROUP, Kind, Reference
from daskgen.kubernetes.merge import Keys
from daskgen.kubernetes.objects import Object
from daskgen.paths import PathPattern, get

JOB_CLUSTER: PathPattern = ("spec", "cluster", "spec")
"""Path in a DaskJob of the spec of its DaskCluster."""

CONTAINER_LISTS = ("containers", "initContainers")

POD_KEYS: Keys = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "volumes": "name",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
    "env": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "ports": "containerPort",
    "topologySpreadConstraints": "topologyKey whenUnsatisfiable",
}

SCHEDULER_KEYS: Keys = {**POD_KEYS, "ports": "containerPort port"}
"""Merge keys of an object with the ports of containers and of a Service."""

AFFINITY_TERMS = (
    ("requiredDuringSchedulingIgnoredDuringExecution", "*"),
    ("preferredDuringSchedulingIgnoredDuringExecution", "*", "podAffinityTerm"),
)


def _select_in_pods(*pods: PathPattern) -> tuple[PathPattern, ...]:
    terms = [(side, *term) for side in ("podAffinity", "podAntiAffinity") for term in AFFINITY_TERMS]
    places = [*(("affinity", *term) for term in terms), ("topologySpreadConstraints", "*")]
    return tuple((*pod, *place, "labelSelector", "matchLabels") for pod in pods for place in places)


def _refer_in_pods(*pods: PathPattern) -> tuple[Reference, ...]:
    volumes = [(*pod, "volumes", "*") for pod in pods]
    containers = [(*pod, containers, "*") for pod in pods for containers in CONTAINER_LISTS]
    return (
        *(Reference("ServiceAccount", pod, "serviceAccountName") for pod in pods),
        *(Reference("ConfigMap", (*volume, "configMap")) for volume in volumes),
        *(Reference("ConfigMap", (*volume, "projected", "sources", "*", "configMap")) for volume in volumes),
        *(Reference("ConfigMap", (*container, "env", "*", "valueFrom", "configMapKeyRef")) for container in containers),
        *(Reference("ConfigMap", (*container, "envFrom", "*", "configMapRef")) for container in containers),
        *(Reference("PersistentVolumeClaim", (*volume, "persistentVolumeClaim"), "claimName") for volume in volumes),
    )


def _refer_in_bindings(role: str) -> tuple[Reference, ...]:
    return Reference(role, ("roleRef",)), Reference("ServiceAccount", ("subjects", "*"))


RBAC = "rbac.authorization.k8s.io/v1"
ADMISSION = "admissionregistration.k8s.io/v1"
ADMISSION_POLICIES = "validatingadmissionpolicies"
DASK = f"{DASK_GROUP}/v1"
MONITORING = "monitoring.coreos.com/v1"

TEMPLATE: PathPattern = ("spec", "template", "spec")
CLUSTER_PODS: tuple[PathPattern, ...] = (("spec", "scheduler", "spec"), ("spec", "worker", "spec"))
GROUP_PODS: tuple[PathPattern, ...] = (("spec", "worker", "spec"),)
JOB_PODS: tuple[PathPattern, ...] = (
    ("spec", "job", "spec"),
    (*JOB_CLUSTER, "scheduler", "spec"),
    (*JOB_CLUSTER, "worker", "spec"),
)
WORKERS: PathPattern = ("spec", "worker", "replicas")
BELONGS = Reference("DaskCluster", ("spec",), "cluster")

ROWS = (
    Kind("Namespace", "v1", namespaced=False, prefixed=False, early=True),
    Kind("CustomResourceDefinition", "apiextensions.k8s.io/v1", namespaced=False, prefixed=False, early=True),
    # Policies before the pods that they isolate.
    Kind(
        "NetworkPolicy",
        "networking.k8s.io/v1",
        early=True,
        plural="networkpolicies",
        selectors=(
            ("spec", "podSelector", "matchLabels"),
            ("spec", "ingress", "*", "from", "*", "podSelector", "matchLabels"),
            ("spec", "egress", "*", "to", "*", "podSelector", "matchLabels"),
        ),
    ),
    # kustomize does not change its selectors, so they contain the cluster's instance.
    Kind("CiliumNetworkPolicy", "cilium.io/v2", early=True, plural="ciliumnetworkpolicies"),
    Kind("ServiceAccount", "v1", early=True, merge_keys={"imagePullSecrets": "name", "secrets": "name"}),
    Kind("ConfigMap", "v1", early=True),
    Kind("Secret", "v1", early=True),
    Kind("ExternalSecret", "external-secrets.io/v1", early=True),
    Kind("SealedSecret", "bitnami.com/v1alpha1", early=True),
    Kind("ResourceQuota", "v1", early=True),
    Kind("LimitRange", "v1", early=True),
    Kind("PersistentVolumeClaim", "v1", early=True),
    Kind(
        "Deployment",
        "apps/v1",
        longest_name=63 - len("-0123456789-abcde"),
        pods=(TEMPLATE,),
        replicas=("spec", "replicas"),
        selectors=(
            ("spec", "selector", "matchLabels"),
            ("spec", "template", "metadata", "labels"),
            *_select_in_pods(TEMPLATE),
        ),
        references=_refer_in_pods(TEMPLATE),
        merge_keys=POD_KEYS,
    ),
    Kind(
        "StatefulSet",
        "apps/v1",
        # Its pods have a label of its name with a hash: controller-revision-hash.
        longest_name=63 - len("-0123456789"),
        pods=(TEMPLATE,),
        replicas=("spec", "replicas"),
        selectors=(
            ("spec", "selector", "matchLabels"),
            ("spec", "template", "metadata", "labels"),
            *_select_in_pods(TEMPLATE),
        ),
        references=(Reference("Service", ("spec",), "serviceName"), *_refer_in_pods(TEMPLATE)),
        merge_keys=POD_KEYS,
    ),
    Kind("Service", "v1", longest_name=63, selectors=(("spec", "selector"),), merge_keys={"ports": "port"}),
    Kind(
        "PodDisruptionBudget",
        "policy/v1",
        selectors=(("spec", "selector", "matchLabels"),),
    ),
    Kind(
        "Ingress",
        "networking.k8s.io/v1",
        plural="ingresses",
        references=(
            Reference("Service", ("spec", "rules", "*", "http", "paths", "*", "backend", "service")),
            Reference("Service", ("spec", "defaultBackend", "service")),
        ),
    ),
    Kind("Route", "route.openshift.io/v1"),
    Kind("ImageStream", "image.openshift.io/v1"),
    # kustomize does not know its pod, so it contains full names. Its StatefulSet has its name.
    Kind(
        "Notebook",
        "kubeflow.org/v1",
        longest_name=63 - len("-0123456789"),
        pods=(TEMPLATE,),
        shares_labels=True,
        merge_keys=POD_KEYS,
    ),
    # kustomize does not change their selectors, so they contain the cluster's instance.
    Kind("ServiceMonitor", MONITORING),
    Kind("PodMonitor", MONITORING),
    Kind("PrometheusRule", MONITORING),
    Kind("HelmRepository", "source.toolkit.fluxcd.io/v1", plural="helmrepositories"),
    # kustomize does not know that it refers to a ConfigMap, so it contains the full name.
    Kind("HelmRelease", "helm.toolkit.fluxcd.io/v2"),
    # kustomize does not know that it refers to a Deployment, so it contains the full name.
    Kind("ScaledObject", "keda.sh/v1alpha1"),
    Kind("HTTPRoute", "gateway.networking.k8s.io/v1"),
    # kustomize does not know that it refers to an HTTPRoute, so it contains the full name.
    Kind("SecurityPolicy", "gateway.envoyproxy.io/v1alpha1", plural="securitypolicies"),
    Kind("TLSRoute", "gateway.networking.k8s.io/v1"),
    Kind("Issuer", "cert-manager.io/v1"),
    Kind("Certificate", "cert-manager.io/v1"),
    Kind("Role", RBAC),
    Kind("RoleBinding", RBAC, references=_refer_in_bindings("Role")),
    Kind("ClusterRole", RBAC, namespaced=False),
    Kind("ClusterRoleBinding", RBAC, namespaced=False, references=_refer_in_bindings("ClusterRole")),
    Kind("ValidatingAdmissionPolicy", ADMISSION, namespaced=False, misplaced=True, plural=ADMISSION_POLICIES),
    # kustomize 5.0 does not know that it refers to a policy, so it contains the full name.
    Kind("ValidatingAdmissionPolicyBinding", ADMISSION, namespaced=False, misplaced=True),
    Kind(
        "DaskCluster",
        DASK,
        longest_name=63 - len("-scheduler"),
        pods=CLUSTER_PODS,
        replicas=WORKERS,
        selectors=(("spec", "scheduler", "service", "selector"), *_select_in_pods(*CLUSTER_PODS)),
        references=_refer_in_pods(*CLUSTER_PODS),
        merge_keys=SCHEDULER_KEYS,
        applied=(WORKERS, ("spec", "idleTimeout")),
    ),
    Kind(
        "DaskWorkerGroup",
        DASK,
        longest_name=63,
        pods=GROUP_PODS,
        replicas=WORKERS,
        selectors=_select_in_pods(*GROUP_PODS),
        references=(BELONGS, *_refer_in_pods(*GROUP_PODS)),
        merge_keys=POD_KEYS,
        applied=(WORKERS,),
    ),
    Kind("DaskAutoscaler", DASK, references=(BELONGS,), applied=(("spec", "minimum"), ("spec", "maximum"))),
    Kind(
        "DaskJob",
        DASK,
        longest_name=63 - len("-scheduler"),
        pods=JOB_PODS,
        replicas=(*JOB_CLUSTER, "worker", "replicas"),
        selectors=((*JOB_CLUSTER, "scheduler", "service", "selector"), *_select_in_pods(*JOB_PODS)),
        references=_refer_in_pods(*JOB_PODS),
        merge_keys=SCHEDULER_KEYS,
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in ROWS}

CUSTOM: Mapping[str, Kind] = {kind.name: kind for kind in ROWS if kind.custom}
"""The kinds that dask-kubernetes defines."""

POD_KINDS = tuple(kind.name for kind in ROWS if kind.pods)
"""The kinds whose objects create pods."""


def find_kind(name: str) -> Kind:
    """Return the row of a kind; one without any facts for a kind that is not rendered."""
    return KINDS.get(name) or Kind(name, "")


def find_pods(body: Object) -> Iterator[tuple[PathPattern, Object]]:
    """Find the specs of an object's pods, and their paths."""
    for place in find_kind(body["kind"]).pods:
        spec = get(body, place)
        if isinstance(spec, dict):
            yield place, spec
