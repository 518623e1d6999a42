"""Objects that the API server refuses, and the place in each that is wrong, `REFUSED`; and neighbours, `ACCEPTED`.

tests/kubernetes finds them without a cluster, tests/e2e sends them to a real API server.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from daskgen.paths import Path, get

LABELS = {"app": "dask"}
CONTAINER = {
    "name": "worker",
    "image": "dask",
    "env": [{"name": "A", "value": "1"}],
    "ports": [{"name": "comm", "containerPort": 8786}],
    "resources": {"requests": {"cpu": 1}, "limits": {"cpu": 2}},
    "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
}
POD = {"containers": [CONTAINER], "volumes": [{"name": "scratch", "emptyDir": {}}]}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "worker"},
    "spec": {
        "selector": {"matchLabels": LABELS},
        "template": {"metadata": {"labels": LABELS}, "spec": POD},
    },
}
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "scheduler"},
    "spec": {"selector": LABELS, "ports": [{"name": "comm", "port": 8786}]},
}
POLICY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "clients"},
    "spec": {
        "podSelector": {},
        "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 8786}]}],
    },
}

IN_POD: Path = ("spec", "template", "spec")
IN_CONTAINER: Path = (*IN_POD, "containers", 0)
BLOCK: Path = ("spec", "ingress", 0, "from", 0, "ipBlock")

# An object, the place that is set to a value, and the place that is wrong then.
SCHEMA: list[tuple[Any, Path, Any, Path]] = [
    (DEPLOYMENT, IN_POD[:-1], [], IN_POD[:-1]),
    (DEPLOYMENT, ("spec", "replicas"), 1 << 31, ("spec", "replicas")),
    (DEPLOYMENT, ("spec", "replicas"), -1, ("spec", "replicas")),
    (DEPLOYMENT, ("spec", "template"), {"metadata": {"labels": LABELS}}, IN_POD),
    (DEPLOYMENT, ("metadata", "labels"), {"a" * 64: "x"}, ("metadata", "labels", "a" * 64)),
    (DEPLOYMENT, ("metadata", "annotations"), {"a b": "x"}, ("metadata", "annotations", "a b")),
    (DEPLOYMENT, (*IN_POD, "containers"), [], (*IN_POD, "containers")),
    (DEPLOYMENT, (*IN_POD, "containers"), ["x"], (*IN_POD, "containers", 0)),
    (DEPLOYMENT, (*IN_CONTAINER, "env", 0), {"name": "A", "valueFrom": {}}, (*IN_CONTAINER, "env", 0, "valueFrom")),
    (DEPLOYMENT, (*IN_CONTAINER, "ports", 0, "containerPort"), 65_536, (*IN_CONTAINER, "ports", 0, "containerPort")),
    (DEPLOYMENT, (*IN_CONTAINER, "livenessProbe"), {"periodSeconds": 3}, (*IN_CONTAINER, "livenessProbe")),
    (
        DEPLOYMENT,
        (*IN_CONTAINER, "volumeMounts", 0, "subPath"),
        "a/../../b",
        (*IN_CONTAINER, "volumeMounts", 0, "subPath"),
    ),
    (
        DEPLOYMENT,
        ("spec", "strategy"),
        {"rollingUpdate": {"maxSurge": "x"}},
        ("spec", "strategy", "rollingUpdate", "maxSurge"),
    ),
    *(
        (DEPLOYMENT, (*IN_POD, *path[:1]), value, (*IN_POD, *path))
        for path, value in [
            (("nodeName",), "A_B"),
            (("priorityClassName",), "A B"),
            (("runtimeClassName",), "A B"),
            (("readinessGates", 0, "conditionType"), [{"conditionType": "a b"}]),
            (("securityContext", "sysctls", 0, "name"), {"sysctls": [{"name": "a b", "value": "1"}]}),
            (("resourceClaims", 0), [{"name": "a"}]),
        ]
    ),
    *(
        (DEPLOYMENT, (*IN_CONTAINER, *path[:1]), value, (*IN_CONTAINER, *path))
        for path, value in [
            (("image",), " dask"),
            (("securityContext", "procMount"), {"procMount": "Bogus"}),
            (("envFrom", 0, "prefix"), [{"prefix": "a=", "configMapRef": {"name": "x"}}]),
            (("envFrom", 0, "configMapRef", "name"), [{"configMapRef": {"name": "X_Y"}}]),
            (
                ("env", 0, "valueFrom", "fieldRef", "fieldPath"),
                [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.nam"}}}],
            ),
            (
                ("env", 0, "valueFrom", "resourceFieldRef", "divisor"),
                [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "3"}}}],
            ),
        ]
    ),
    *(
        (DEPLOYMENT, (*IN_POD, "volumes", 0), {"name": "scratch", kind: {**source, "defaultMode": 512}}, place)
        for kind, source in [("configMap", {"name": "x"}), ("projected", {}), ("downwardAPI", {})]
        for place in [(*IN_POD, "volumes", 0, kind, "defaultMode")]
    ),
    (DEPLOYMENT, ("metadata", "finalizers"), ["x y"], ("metadata", "finalizers", 0)),
    (SERVICE, ("spec", "ports", 0, "port"), 0, ("spec", "ports", 0, "port")),
    (SERVICE, ("spec", "selector"), {"-a": "b"}, ("spec", "selector", "-a")),
    (POLICY, ("spec", "ingress", 0, "ports", 0, "port"), "16GB", ("spec", "ingress", 0, "ports", 0, "port")),
    (POLICY, ("spec", "ingress", 0, "from", 0), {}, ("spec", "ingress", 0, "from", 0)),
]

FITTING: list[tuple[Any, Path, Any, Path]] = [
    (DEPLOYMENT, ("spec", "selector"), {}, ("spec", "selector")),
    (DEPLOYMENT, ("spec", "selector", "matchLabels"), {"app": "other"}, ("spec", "selector")),
    (
        DEPLOYMENT,
        ("spec", "strategy"),
        {"type": "Recreate", "rollingUpdate": {}},
        ("spec", "strategy", "rollingUpdate"),
    ),
    (DEPLOYMENT, (*IN_POD, "activeDeadlineSeconds"), 5, (*IN_POD, "activeDeadlineSeconds")),
    (DEPLOYMENT, (*IN_POD, "tolerations"), [{"effect": "NoExecute"}], (*IN_POD, "tolerations", 0, "operator")),
    (DEPLOYMENT, (*IN_POD, "volumes"), [], (*IN_CONTAINER, "volumeMounts", 0, "name")),
    (DEPLOYMENT, (*IN_POD, "initContainers"), [{"name": "worker"}], (*IN_CONTAINER, "name")),
    (DEPLOYMENT, (*IN_CONTAINER, "env"), [{"name": "A"}, {"name": "A"}], (*IN_CONTAINER, "env", 1, "name")),
    (DEPLOYMENT, (*IN_CONTAINER, "resources", "requests", "cpu"), 3, (*IN_CONTAINER, "resources", "requests", "cpu")),
    (
        DEPLOYMENT,
        (*IN_CONTAINER, "ports"),
        [{"name": "a", "containerPort": 1}, {"name": "a", "containerPort": 2}],
        (*IN_CONTAINER, "ports", 1, "name"),
    ),
    (DEPLOYMENT, ("metadata", "annotations"), {"a": "x" * (256 * 1024)}, ("metadata", "annotations")),
    (DEPLOYMENT, (*IN_POD, "dnsPolicy"), "None", (*IN_POD, "dnsConfig", "nameservers")),
    (DEPLOYMENT, (*IN_POD, "dnsConfig"), {"nameservers": ["a.b"]}, (*IN_POD, "dnsConfig", "nameservers", 0)),
    (DEPLOYMENT, (*IN_POD, "hostAliases"), [{"ip": "1.2.3"}], (*IN_POD, "hostAliases", 0, "ip")),
    (
        DEPLOYMENT,
        (*IN_POD, "topologySpreadConstraints"),
        [{"topologyKey": "zone", "maxSkew": 1, "minDomains": 2, "whenUnsatisfiable": "ScheduleAnyway"}],
        (*IN_POD, "topologySpreadConstraints", 0, "minDomains"),
    ),
    (
        DEPLOYMENT,
        (*IN_CONTAINER, "resources", "claims"),
        [{"name": "gpu"}],
        (*IN_CONTAINER, "resources", "claims", 0, "name"),
    ),
    (SERVICE, ("spec", "ports"), [], ("spec", "ports")),
    (SERVICE, ("spec", "ports", 0, "nodePort"), 30_000, ("spec", "ports", 0, "nodePort")),
    (POLICY, (*BLOCK, "cidr"), "999.0.0.0/8", (*BLOCK, "cidr")),
    (POLICY, (*BLOCK, "except"), ["11.0.0.0/16"], (*BLOCK, "except", 0)),
    (POLICY, ("spec", "ingress", 0, "ports", 0, "endPort"), 80, ("spec", "ingress", 0, "ports", 0, "endPort")),
]

CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


def _in_pod(field: str, value: Any, *wrong: str | int) -> tuple[Any, Path, Any, Path]:
    return DEPLOYMENT, (*IN_POD, field), value, (*IN_POD, field, *wrong)


def _in_container(field: str, value: Any, *wrong: str | int) -> tuple[Any, Path, Any, Path]:
    return DEPLOYMENT, (*IN_CONTAINER, field), value, (*IN_CONTAINER, field, *wrong)


def _volume(source: dict[str, Any], *wrong: str | int) -> tuple[Any, Path, Any, Path]:
    return DEPLOYMENT, (*IN_POD, "volumes", 0), {"name": "scratch", **source}, (*IN_POD, "volumes", 0, *wrong)


def _service(value: dict[str, Any], *wrong: str | int) -> tuple[Any, Path, Any, Path]:
    ports = [] if value.get("type") == "ExternalName" else SERVICE["spec"]["ports"]  # type: ignore[index]
    return SERVICE, ("spec",), {"selector": LABELS, "ports": ports, **value}, ("spec", *wrong)


TERM = {"topologyKey": "zone", "labelSelector": {"matchLabels": LABELS}}
CONSTRAINT = {"topologyKey": "zone", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}

MORE_SCHEMA: list[tuple[Any, Path, Any, Path]] = [
    _in_pod("securityContext", {"supplementalGroups": [-1]}, "supplementalGroups", 0),
    _in_pod("securityContext", {"supplementalGroupsPolicy": "Foo"}, "supplementalGroupsPolicy"),
    _in_pod("securityContext", {"seLinuxChangePolicy": "Foo"}, "seLinuxChangePolicy"),
    _in_pod("securityContext", {"appArmorProfile": {"type": "Foo"}}, "appArmorProfile", "type"),
    _in_pod("dnsConfig", {"options": [{"value": "2"}]}, "options", 0, "name"),
    _in_pod("dnsConfig", {"searches": ["a b"]}, "searches", 0),
    _in_pod("dnsConfig", {"nameservers": ["192.0.2.1"] * 4}, "nameservers"),
    _in_pod("hostAliases", [{"ip": "192.0.2.1", "hostnames": ["a b"]}], 0, "hostnames", 0),
    _in_pod("tolerations", [{"key": "a", "operator": "Equal", "value": "x y"}], 0, "value"),
    _in_pod("topologySpreadConstraints", [{**CONSTRAINT, "matchLabelKeys": ["app"]}], 0, "labelSelector"),
    _in_pod("topologySpreadConstraints", [{**CONSTRAINT, "nodeAffinityPolicy": "Foo"}], 0, "nodeAffinityPolicy"),
    _in_pod(
        "affinity",
        {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{**TERM, "namespaces": ["A_B"]}]}},
        *("podAffinity", "requiredDuringSchedulingIgnoredDuringExecution", 0, "namespaces", 0),
    ),
    _in_container("resizePolicy", [{"resourceName": "gpu", "restartPolicy": "NotRequired"}], 0, "resourceName"),
    _in_container(
        "livenessProbe",
        {"httpGet": {"port": 80, "httpHeaders": [{"name": "a b", "value": "x"}]}},
        *("httpGet", "httpHeaders", 0, "name"),
    ),
    _in_container(
        "env",
        [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "A_B", "key": "k"}}}],
        *(0, "valueFrom", "secretKeyRef", "name"),
    ),
    _in_container(
        "volumeMounts",
        [{"name": "scratch", "mountPath": "/a", "readOnly": True, "recursiveReadOnly": "Foo"}],
        *(0, "recursiveReadOnly"),
    ),
    _service({"ipFamilies": ["IPv5"]}, "ipFamilies", 0),
    _service({"ipFamilyPolicy": "Foo"}, "ipFamilyPolicy"),
    _service({"trafficDistribution": "Foo"}, "trafficDistribution"),
    _service({"ports": [{"port": 80, "appProtocol": "a b"}]}, "ports", 0, "appProtocol"),
    (CLAIM, ("spec", "storageClassName"), "A B", ("spec", "storageClassName")),
]

DOWNWARD = {"items": [{"path": "a", "fieldRef": {"fieldPath": "spec.nodeName"}}]}

MORE_FITTING: list[tuple[Any, Path, Any, Path]] = [
    (
        DEPLOYMENT,
        (*IN_POD[:-1], "metadata"),
        {"labels": LABELS, "annotations": {"a": "x" * (256 * 1024)}},
        (*IN_POD[:-1], "metadata", "annotations"),
    ),
    _in_pod("securityContext", {"appArmorProfile": {"type": "Localhost"}}, "appArmorProfile", "localhostProfile"),
    _in_pod("securityContext", {"sysctls": [{"name": "a.b", "value": "1"}] * 2}, "sysctls", 1, "name"),
    _in_pod("schedulingGates", [{"name": "a.b/c"}] * 2, 1, "name"),
    *(
        _in_container("resources", {part: {name: amount}}, part, name)
        for part, name, amount in [
            ("limits", "gpu", 1),
            ("limits", "requests.nvidia.com/gpu", 1),
            ("limits", "hugepages-foo", "2Mi"),
            ("requests", "nvidia.com/gpu", 1),
        ]
    ),
    _in_container("resources", {"limits": {"cpu": 1, "hugepages-2Mi": "1Mi"}}, "limits", "hugepages-2Mi"),
    _in_container("volumeDevices", [{"name": "none", "devicePath": "/dev/a"}], 0, "name"),
    _in_container(
        "volumeMounts",
        [{"name": "scratch", "mountPath": "/a", "mountPropagation": "Bidirectional"}],
        *(0, "mountPropagation"),
    ),
    _volume(
        {"projected": {"sources": [{"configMap": {"name": "a", "items": [{"key": "k", "path": "p"}]}}] * 2}},
        *("projected", "sources", 1, "configMap", "items", 0, "path"),
    ),
    _volume({"csi": {"driver": "a.b", "nodePublishSecretRef": {"name": ""}}}, "csi", "nodePublishSecretRef", "name"),
    _volume({"downwardAPI": DOWNWARD}, "downwardAPI", "items", 0, "fieldRef", "fieldPath"),
    _volume(
        {
            "ephemeral": {
                "volumeClaimTemplate": {
                    "spec": {
                        "resources": {"requests": {"storage": "1Gi"}},
                        "accessModes": ["ReadWriteOncePod", "ReadWriteMany"],
                    }
                }
            }
        },
        *("ephemeral", "volumeClaimTemplate", "spec", "accessModes", 0),
    ),
    _service({"clusterIP": "192.0.2.1"}, "clusterIP"),
    _service({"clusterIPs": ["10.96.0.77"]}, "clusterIPs"),
    _service({"externalIPs": ["127.0.0.1"]}, "externalIPs", 0),
    _service({"type": "ExternalName"}, "externalName"),
    _service({"type": "ExternalName", "externalName": "a b"}, "externalName"),
    _service({"ipFamilies": ["IPv4", "IPv4"]}, "ipFamilies", 1),
    _service({"loadBalancerClass": "a.b/c"}, "loadBalancerClass"),
    _service({"healthCheckNodePort": 30_000}, "healthCheckNodePort"),
    _service({"loadBalancerSourceRanges": ["10.0.0.0/8"]}, "loadBalancerSourceRanges"),
    _service({"allocateLoadBalancerNodePorts": False}, "allocateLoadBalancerNodePorts"),
    (CLAIM, ("spec", "resources", "requests", "storage"), 0, ("spec", "resources", "requests", "storage")),
]

USELESS: list[tuple[Any, Path, Any, Path]] = [
    _in_pod("topologySpreadConstraints", [{**CONSTRAINT, "topologyKey": "a b"}], 0, "topologyKey"),
]
"""What the API server accepts, and daskgen does not: no node can have such a label."""

REFUSED = [*SCHEMA, *FITTING, *MORE_SCHEMA, *MORE_FITTING]


STICKY = {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86_400}}}


def _prefer(weight: int) -> dict[str, Any]:
    term = {"weight": weight, "podAffinityTerm": TERM}
    return {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [term]}}


def _right(row: tuple[Any, Path, Any, Path]) -> tuple[Any, Path, Any]:
    return row[:3]


# An object, the place that is set to a value, which is just inside of what is accepted.
ACCEPTED: list[tuple[Any, Path, Any]] = [
    (DEPLOYMENT, ("spec", "replicas"), (1 << 31) - 1),
    (DEPLOYMENT, ("spec", "replicas"), 0),
    (DEPLOYMENT, ("metadata", "labels"), {"a" * 63: "x" * 63}),
    (DEPLOYMENT, ("metadata", "labels"), {f"{'.'.join(['d' * 63] * 3)}.{'d' * 61}/{'a' * 63}": ""}),
    (DEPLOYMENT, ("metadata", "annotations"), {"a": "x" * (256 * 1024 - 1)}),
    (DEPLOYMENT, ("metadata", "finalizers"), ["example.com/x"]),
    (DEPLOYMENT, ("spec", "strategy"), {"rollingUpdate": {"maxSurge": "100%", "maxUnavailable": 0}}),
    (DEPLOYMENT, ("spec", "strategy"), {"type": "Recreate"}),
    (DEPLOYMENT, (*IN_CONTAINER, "ports", 0, "containerPort"), 65_535),
    (DEPLOYMENT, (*IN_CONTAINER, "ports"), [{"name": "a" * 15, "containerPort": 1}, {"containerPort": 2}]),
    (DEPLOYMENT, (*IN_CONTAINER, "volumeMounts", 0, "subPath"), "a/..b/b..c"),
    (DEPLOYMENT, (*IN_CONTAINER, "resources", "requests", "cpu"), 2),
    *map(
        _right,
        [
            _in_pod("tolerations", [{"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": -1}]),
            _in_pod("tolerations", [{"key": "a", "operator": "Equal", "value": "x" * 63}]),
            _in_pod("hostAliases", [{"ip": "::1", "hostnames": ["a.b"]}]),
            _in_pod("dnsConfig", {"nameservers": ["192.0.2.1"] * 3, "searches": ["a.b."]}),
            _in_pod("securityContext", {"supplementalGroups": [0, (1 << 31) - 1], "fsGroup": 0}),
            _in_pod("securityContext", {"sysctls": [{"name": f"net.ipv4.tcp_{one}mem", "value": "1"} for one in "rw"]}),
            _in_pod(
                "topologySpreadConstraints", [{**CONSTRAINT, "minDomains": 1, "labelSelector": {"matchLabels": LABELS}}]
            ),
            _in_pod("affinity", _prefer(1)),
            _in_pod("affinity", _prefer(100)),
            _in_pod("terminationGracePeriodSeconds", 0),
            _in_pod("initContainers", [{"name": "other", "image": "dask"}]),
            _in_container("env", [{"name": "A", "value": ""}, {"name": "a.b-c", "value": "1"}]),
            _in_container("env", [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "a.b", "key": "_.k"}}}]),
            _in_container("env", [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['a.b/c']"}}}]),
            _in_container(
                "env", [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}}]
            ),
            _in_container("envFrom", [{"prefix": "a_", "configMapRef": {"name": "x.y"}}]),
            _in_container("livenessProbe", {"exec": {"command": ["true"]}, "periodSeconds": 1, "failureThreshold": 1}),
            _in_container("livenessProbe", {"httpGet": {"port": 65_535}, "initialDelaySeconds": 0}),
            _in_container("resources", {"limits": {"nvidia.com/gpu": 0, "cpu": 1, "hugepages-2Mi": "2Mi"}}),
            _volume({"configMap": {"name": "x", "defaultMode": 0o777}}),
            _volume({"projected": {"sources": [], "defaultMode": 0}}),
            _volume({"emptyDir": {"medium": "Memory", "sizeLimit": "1"}}),
            _service({"clusterIP": "None"}),
            _service({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30_077}]}),
            _service({"type": "ExternalName", "externalName": "a.b"}),
            _service({"ports": [{"port": 65_535}]}),
            _service({"ports": [{"name": "a", "port": 80}, {"name": "b", "port": 80, "protocol": "UDP"}]}),
            _service(STICKY),
        ],
    ),
    (POLICY, (*BLOCK, "cidr"), "0.0.0.0/0"),
    (POLICY, (*BLOCK, "except"), ["10.0.0.0/9"]),
    (POLICY, ("spec", "ingress", 0, "ports", 0, "endPort"), 8786),
    (POLICY, ("spec", "ingress", 0, "ports", 0), {"port": "a" * 15}),
    (CLAIM, ("spec", "resources", "requests", "storage"), 1),
]


def put(body: Any, path: Path, value: Any) -> Any:
    changed = deepcopy(body)
    get(changed, path[:-1])[path[-1]] = value
    return changed
