"""Limit the Dask clusters that users of a JupyterHub create, by a ValidatingAdmissionPolicy.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/. The API server knows the pod of a
token: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from daskgen.kubernetes.kind import DASK_GROUP
from daskgen.kubernetes.kinds import CONTAINER_LISTS, find_pods
from daskgen.kubernetes.labels import CLUSTER
from daskgen.kubernetes.objects import Object, metadata
from daskgen.notebook import OwnClusters
from daskgen.parts.policies import NAMESPACE
from daskgen.paths import Path, find_maps, get

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding

ADMISSION: Literal["admissionregistration.k8s.io/v1"] = "admissionregistration.k8s.io/v1"

POD = "authentication.kubernetes.io/pod-name"


def limit(name: str, user: str, own: OwnClusters) -> ValidatingAdmissionPolicy:
    """Build the policy that limits what a service account creates: for each pod one cluster, as the spec has it."""
    rule: Any = {
        "apiGroups": [DASK_GROUP],
        "apiVersions": ["*"],
        "operations": ["CREATE", "UPDATE", "DELETE"],
        "resources": ["daskclusters", "daskworkergroups", "daskautoscalers"],
    }
    checks: list[Any] = [
        {"expression": expression, ("messageExpression" if words.startswith("'") else "message"): words}
        for expression, words in _list_checks(own)
    ]
    return {
        "apiVersion": ADMISSION,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": metadata(name, CLUSTER),
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [rule]},
            "matchConditions": [
                {
                    "name": "by-a-user",
                    "expression": f"request.userInfo.username == '{user}'",
                }
            ],
            "variables": [{"name": name, "expression": expression} for name, expression in _VARIABLES],
            "validations": checks,
        },
    }


_VARIABLES = (
    ("server", f"request.userInfo.extra['{POD}'][0]"),
    ("name", "(request.operation == 'DELETE' ? oldObject : object).metadata.name"),
    ("kind", "request.operation == 'DELETE' ? '' : object.kind"),
    ("pods", "variables.kind == 'DaskCluster' ? [object.spec.scheduler.spec, object.spec.worker.spec] : []"),
    (
        "most",
        "variables.kind == '' ? 0 : "
        "variables.kind == 'DaskAutoscaler' ? object.spec.maximum : object.spec.worker.replicas",
    ),
)
"""The pod of the server that asks, the object's name, its kind unless it is deleted, the specs of the pods of a new
cluster, and the largest number of workers."""


def _list_checks(own: OwnClusters) -> Iterator[tuple[str, str]]:
    """List what must be true, and what users read otherwise."""
    yield (
        "variables.name in [variables.server, variables.server + '-default'] && (variables.kind in ['', 'DaskCluster']"
        " || object.spec.cluster == variables.server)",
        "'this server may change the Dask cluster ' + variables.server + ' only, with its workers named default'",
    )
    yield f"variables.most <= {own.most}", f"'a user may have {own.most} workers, not ' + string(variables.most)"
    yield (
        "variables.kind != 'DaskWorkerGroup' || object.spec.worker.spec == oldObject.spec.worker.spec"
        " && object.spec.worker.metadata == oldObject.spec.worker.metadata"
        " && object.metadata.labels == oldObject.metadata.labels",
        "of a user's workers, only the number changes: create the cluster anew for another change",
    )
    labels = (
        f"object{place}.labels == {json.dumps(get(own.cluster, path)['labels'])}" for place, path in _LABELED.items()
    )
    yield (
        f"variables.kind != 'DaskCluster' || {' && '.join(labels)}",
        "a user's cluster and its pods have the labels that NetworkPolicies select",
    )
    yield (
        f"variables.kind != 'DaskCluster' || {_compare_service(own.cluster['spec']['scheduler']['service'])}",
        "the scheduler of a user's cluster has the Service that the administrators chose",
    )
    yield from _list_pod_checks(own.cluster)


_LABELED: Mapping[str, Path] = {
    ".metadata": ("metadata",),
    **{f".spec.{part}.metadata": ("spec", part, "metadata") for part in ("scheduler", "worker")},
}
"""Where a DaskCluster has labels, which the operator copies to pods."""


def _compare_service(service: Object) -> str:
    """Write that a Service has no other fields than `service`, and the same values except for ports.

    The CEL of Kubernetes takes no literals of values of several types.
    """
    place = "object.spec.scheduler.service"
    fixed = [f"{place}.{key} == {json.dumps(value)}" for key, value in service.items() if key != "ports"]
    return " && ".join([f"{place}.all(field, field in {json.dumps(sorted(service))})", *fixed])


FIXED = (
    *("serviceAccountName", "automountServiceAccountToken", "priorityClassName", "schedulerName", "nodeName"),
    *("runtimeClassName", "hostNetwork", "hostPID", "hostIPC"),
)
"""Fields of a pod by which it would get rights, precedence or access that others do not have."""


def _compare_fields(part: str, spec: Object) -> str:
    """Write that these fields of a pod are those of `spec`, or left out as there."""
    pod = f"object.spec.{part}.spec"
    same = (
        f"has({pod}.{field}) && {pod}.{field} == {json.dumps(spec[field])}" if field in spec else f"!has({pod}.{field})"
        for field in FIXED
    )
    return " && ".join(same)


def _list_pod_checks(cluster: Object) -> Iterator[tuple[str, str]]:
    parts = (_compare_fields(part, cluster["spec"][part]["spec"]) for part in ("scheduler", "worker"))
    claims, secrets = json.dumps(sorted(_find_claims(cluster))), json.dumps(sorted(_find_secrets(cluster)))
    yield (
        f"variables.kind != 'DaskCluster' || {' && '.join(parts)}",
        "the pods of a user's cluster have the service account, the priority and the node settings that the "
        "administrators chose",
    )
    volume = (
        "has(volume.emptyDir) || has(volume.configMap) || has(volume.downwardAPI)"
        f" || has(volume.secret) && volume.secret.secretName in {secrets}"
        f" || has(volume.persistentVolumeClaim) && volume.persistentVolumeClaim.claimName in {claims}"
    )
    yield (
        f"variables.pods.all(pod, !has(pod.volumes) || pod.volumes.all(volume, {volume}))",
        "the pods of a user's cluster mount the volumes that the administrators chose, and ConfigMaps",
    )
    variable = (
        "!has(variable.valueFrom) || !has(variable.valueFrom.secretKeyRef)"
        f" || variable.valueFrom.secretKeyRef.name in {secrets}"
    )
    source = f"!has(source.secretRef) || source.secretRef.name in {secrets}"
    container = (
        f"(!has(container.env) || container.env.all(variable, {variable}))"
        f" && (!has(container.envFrom) || container.envFrom.all(source, {source}))"
    )
    for field in CONTAINER_LISTS:
        yield (
            f"variables.pods.all(pod, !has(pod.{field}) || pod.{field}.all(container, {container}))",
            "the pods of a user's cluster read the Secrets that the administrators chose, and no others",
        )


def _find_claims(cluster: Object) -> set[str]:
    return {
        claim["claimName"]
        for _, pod in find_pods(cluster)
        for claim in find_maps(pod, ("volumes", "*", "persistentVolumeClaim"))
    }


def _find_secrets(cluster: Object) -> set[str]:
    found = set[str]()
    for _, pod in find_pods(cluster):
        found |= {secret["secretName"] for secret in find_maps(pod, ("volumes", "*", "secret"))}
        for field in CONTAINER_LISTS:
            for place in (("env", "*", "valueFrom", "secretKeyRef"), ("envFrom", "*", "secretRef")):
                found |= {secret["name"] for secret in find_maps(pod, (field, "*", *place))}
    return found


def bind(name: str, policy: str, namespace: str) -> ValidatingAdmissionPolicyBinding:
    """Build the binding of the policy, by its full name, to the namespace of the clusters."""
    return {
        "apiVersion": ADMISSION,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": metadata(name, CLUSTER),
        "spec": {
            "policyName": policy,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchLabels": {NAMESPACE: namespace}}},
        },
    }
