"""What the API server checks beyond the types of its OpenAPI, as JSON schema: definition, or definition and field.

It is taken from Kubernetes' validation code: `pkg/apis/{apps,core,networking,policy}/validation/validation.go` and
`staging/src/k8s.io/apimachinery/pkg/{api/resource,api/validation,util/validation}`, and holds for every version there
are schemas for. It counts on pods being those of Deployments, which always restart, and on quantities being sizes,
requests and limits, which are not negative. What a schema cannot say is in `daskgen.kubernetes.validation`.

A `description` is the hint of what to write instead. `required` is added to what the OpenAPI requires.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = rf"{LABEL}(\.{LABEL})*"
QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]"
KEY = rf"({SUBDOMAIN}/)?{QUALIFIED}"
SEGMENT = r"(\.?[^/.][^/]*|\.\.[^/]+|\.)"
"""A step of a path that does not lead upwards."""

PATH = {
    "pattern": rf"^{SEGMENT}(/{SEGMENT}?)*$",
    "description": "write a relative path that does not lead upwards by '..'",
}
PATH_OF_FILE = {
    "pattern": rf"^(\.?[^/.][^/]*|\.)(/{SEGMENT}?)*$",
    "description": "write a relative path that neither begins with '..' nor leads upwards by it",
}
ENTRY = {
    "pattern": r"^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$",
    "maxLength": 253,
    "description": "write the key of an entry: letters, digits, '-', '_' and '.', not beginning with '..'",
}
NAME = {
    "pattern": f"^{SUBDOMAIN}$",
    "maxLength": 253,
    "description": "write an object's name: lower-case letters, digits, '-' and '.'",
}
DNS_LABEL = {
    "pattern": f"^{LABEL}$",
    "maxLength": 63,
    "description": "write lower-case letters, digits and '-', beginning and ending with a letter or digit",
}
PORT_NAME = {
    "pattern": r"^([a-z0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "maxLength": 15,
    "description": "write lower-case letters, digits and single '-', with at least one letter",
}
LABEL_KEY = {
    "pattern": f"^{KEY}$",
    "maxLength": 317,
    "description": "write a label's key: a name of at most 63 characters, or a lower-case domain, '/' and a name",
}
SYSCTL = {
    "pattern": r"^[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$",
    "maxLength": 253,
    "description": "write a kernel parameter such as net.core.somaxconn",
}
PORT = {"minimum": 1, "maximum": 65535}
PORT_OR_NAME = {**PORT_NAME, **PORT, "type": ["integer", "string"]}
PROTOCOL = {"enum": ["SCTP", "TCP", "UDP"]}
NOT_NEGATIVE = {"minimum": 0}
POSITIVE = {"minimum": 1}
GIVEN = {"minLength": 1}
FILLED = {"minItems": 1}
WEIGHT = {"minimum": 1, "maximum": 100}
USER = {"minimum": 0, "maximum": 2147483647}
MODE = {"minimum": 0, "maximum": 0o777}
COUNT_OR_SHARE = {
    "type": ["integer", "string"],
    "minimum": 0,
    "maximum": (1 << 31) - 1,
    "pattern": "^(100|[0-9]{1,2})%$",
    "description": "write a number, or a share such as 25%",
}
MORE_THAN_ALL = {**COUNT_OR_SHARE, "pattern": "^[0-9]{1,9}%$"}
LABEL_VALUE: Schema = {
    "type": "string",
    "pattern": rf"^({QUALIFIED})?$",
    "maxLength": 63,
    "description": "write a label's value: at most 63 letters, digits, '-', '_' and '.'",
}
HOST_NAMES: Schema = {
    "items": {
        "type": "string",
        "pattern": rf"^{SUBDOMAIN}$",
        "maxLength": 253,
        "description": "write a host name such as store.example.com",
    }
}
GROUPS: Schema = {"items": {"type": "integer", **USER}}
NAMES_OF_NAMESPACES: Schema = {"items": {"type": "string", **DNS_LABEL}}
SEARCHES: Schema = {
    "maxItems": 32,
    "items": {
        "type": "string",
        "pattern": r"^(\.|[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*\.?)$",
        "maxLength": 254,
        "description": "write a domain such as example.com",
    },
}
LABEL_VALUES: Schema = {"items": LABEL_VALUE}
LABELS: Schema = {
    "patternProperties": {rf"^{KEY}$": LABEL_VALUE},
    "additionalProperties": False,
    "description": LABEL_KEY["description"],
}
ANNOTATIONS: Schema = {
    "patternProperties": {rf"(?i)^{KEY}$": {"type": "string"}},
    "additionalProperties": False,
    "description": "write an annotation's key: a name of at most 63 characters, or a domain, '/' and a name",
}
QUANTITY = {
    "type": ["number", "string"],
    "minimum": 0,
    "pattern": r"^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?$",
    "description": "write a quantity such as 500m, 2 or 16Gi",
}


def exactly_one(*fields: str) -> Schema:
    """Demand one of several fields."""
    others = {name: {"properties": {field: False for field in fields if field != name}} for name in fields}
    return {
        "anyOf": [{"required": [name]} for name in fields],
        "dependentSchemas": others,
        "description": f"write exactly one of {', '.join(fields)}",
    }


CHECKS: Mapping[str, Schema] = {
    **{
        kind: {"required": ["spec"]}
        for kind in ("Deployment", "Ingress", "NetworkPolicy", "PodDisruptionBudget", "Service")
    },
    "PodTemplateSpec": {"required": ["metadata", "spec"]},
    "ConfigMap.data": {
        "patternProperties": {ENTRY["pattern"]: {"type": "string"}},
        "additionalProperties": False,
        "description": ENTRY["description"],
    },
    "ConfigMapEnvSource.name": NAME,
    "ConfigMapKeySelector.name": NAME,
    "ConfigMapKeySelector.key": ENTRY,
    "ConfigMapKeySelector": {"required": ["name"]},
    "ConfigMapVolumeSource.defaultMode": MODE,
    "AppArmorProfile.type": {"enum": ["Localhost", "RuntimeDefault", "Unconfined"]},
    "CSIVolumeSource.driver": {**DNS_LABEL, "pattern": rf"^(?i:{SUBDOMAIN})$"},
    "ContainerResizePolicy.resourceName": {"enum": ["cpu", "memory"]},
    "ContainerResizePolicy.restartPolicy": {"enum": ["NotRequired", "RestartContainer"]},
    "Container.imagePullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
    "Container.image": {"pattern": r"^\S(.*\S)?$", "description": "write an image without spaces around it"},
    "Container.name": DNS_LABEL,
    "Container.terminationMessagePolicy": {"enum": ["FallbackToLogsOnError", "File"]},
    "ContainerPort.containerPort": PORT,
    "ContainerPort.hostPort": {"minimum": 0, "maximum": 65535},
    "ContainerPort.name": PORT_NAME,
    "ContainerPort.protocol": PROTOCOL,
    "DeploymentSpec.minReadySeconds": NOT_NEGATIVE,
    "DeploymentSpec.progressDeadlineSeconds": NOT_NEGATIVE,
    "DeploymentSpec.replicas": NOT_NEGATIVE,
    "DeploymentSpec.revisionHistoryLimit": NOT_NEGATIVE,
    "DeploymentStrategy.type": {"enum": ["Recreate", "RollingUpdate"]},
    "DownwardAPIVolumeSource.defaultMode": MODE,
    "DownwardAPIVolumeFile": exactly_one("fieldRef", "resourceFieldRef"),
    "DownwardAPIVolumeFile.mode": MODE,
    "DownwardAPIVolumeFile.path": PATH_OF_FILE,
    "EnvFromSource": exactly_one("configMapRef", "secretRef"),
    "EnvFromSource.prefix": {"pattern": "^[ -<>-~]*$", "description": "write printable characters without '='"},
    "EnvVar": {"dependentSchemas": {"valueFrom": {"properties": {"value": {"maxLength": 0}}}}},
    "EnvVar.name": {"pattern": "^[ -<>-~]+$", "description": "write printable characters without '='"},
    "EnvVarSource": exactly_one("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"),
    "EphemeralVolumeSource": {"required": ["volumeClaimTemplate"]},
    "ExecAction": {"required": ["command"]},
    "ExecAction.command": FILLED,
    "HTTPHeader.name": {"pattern": "^[-A-Za-z0-9]+$", "description": "write letters, digits and '-'"},
    "HostAlias.hostnames": HOST_NAMES,
    "HTTPGetAction.path": GIVEN,
    "HTTPGetAction.port": PORT_OR_NAME,
    "HTTPGetAction.scheme": {"enum": ["HTTP", "HTTPS"]},
    "HTTPIngressPath.path": {"pattern": "^/", "description": "write a path that begins with '/'"},
    "HTTPIngressPath.pathType": {"enum": ["Exact", "ImplementationSpecific", "Prefix"]},
    "HTTPIngressRuleValue.paths": FILLED,
    "IngressBackend": exactly_one("resource", "service"),
    "IngressRule.host": {
        "pattern": rf"^(\*\.)?{SUBDOMAIN}$",
        "maxLength": 253,
        "description": "write a host name such as dask.example.com",
    },
    "IngressSpec.ingressClassName": NAME,
    # One type of several instead of `oneOf`: a mistake then has one message instead of three.
    "IntOrString": {"type": ["integer", "string"]},
    "KeyToPath.key": ENTRY,
    "KeyToPath.mode": MODE,
    "KeyToPath.path": PATH_OF_FILE,
    "LabelSelector.matchLabels": LABELS,
    "LabelSelectorRequirement.key": LABEL_KEY,
    "LabelSelectorRequirement.values": LABEL_VALUES,
    "LabelSelectorRequirement.operator": {"enum": ["DoesNotExist", "Exists", "In", "NotIn"]},
    "LifecycleHandler": exactly_one("exec", "httpGet", "sleep", "tcpSocket"),
    "NetworkPolicyPeer": {
        "minProperties": 1,
        "dependentSchemas": {"ipBlock": {"maxProperties": 1, "description": "write either ipBlock or selectors"}},
        "description": "write podSelector, namespaceSelector or ipBlock",
    },
    "NetworkPolicyPort.port": PORT_OR_NAME,
    "NetworkPolicyPort.endPort": PORT,
    "NetworkPolicyPort.protocol": PROTOCOL,
    "NetworkPolicySpec.policyTypes": {"items": {"type": "string", "enum": ["Egress", "Ingress"]}},
    "NodeSelector.nodeSelectorTerms": FILLED,
    "NodeSelectorRequirement.key": LABEL_KEY,
    "NodeSelectorRequirement.values": LABEL_VALUES,
    "NodeSelectorRequirement.operator": {"enum": ["DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"]},
    "ObjectMeta.annotations": ANNOTATIONS,
    "ObjectFieldSelector.fieldPath": {
        "pattern": r"^(metadata\.(name|namespace|uid|(annotations|labels)(\['[^']+'\])?)"
        r"|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$",
        "description": "write a field of the pod such as metadata.name or status.podIP",
    },
    # Of custom resources, finalizers without a domain are taken with a warning.
    "ObjectMeta.finalizers": {"items": {**LABEL_KEY, "type": "string"}},
    "ObjectMeta.labels": LABELS,
    "ObjectMeta.name": NAME,
    "ObjectMeta.namespace": DNS_LABEL,
    "PersistentVolumeClaimSpec": {"required": ["accessModes", "resources"]},
    "PersistentVolumeClaimSpec.accessModes": {
        "minItems": 1,
        "items": {
            "type": "string",
            "enum": ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"],
        },
    },
    "PersistentVolumeClaimSpec.storageClassName": {**NAME, "pattern": f"^({SUBDOMAIN})?$"},
    "PersistentVolumeClaimVolumeSource.claimName": GIVEN,
    "PodAffinityTerm": {
        "dependentRequired": {"matchLabelKeys": ["labelSelector"], "mismatchLabelKeys": ["labelSelector"]}
    },
    "PodAffinityTerm.namespaces": NAMES_OF_NAMESPACES,
    "PodAffinityTerm.topologyKey": LABEL_KEY,
    "PodDNSConfig.nameservers": {"maxItems": 3},
    "PodDNSConfig.searches": SEARCHES,
    "PodDNSConfigOption": {"required": ["name"]},
    "PodDNSConfigOption.name": GIVEN,
    "PodDisruptionBudgetSpec.maxUnavailable": COUNT_OR_SHARE,
    "PodDisruptionBudgetSpec.minAvailable": COUNT_OR_SHARE,
    "PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy": {"enum": ["AlwaysAllow", "IfHealthyBudget"]},
    "PodOS.name": {"enum": ["linux"], "description": "the rendered pods run on Linux"},
    "PodSpec.activeDeadlineSeconds": POSITIVE,
    "PodSpec.containers": FILLED,
    "PodSpec.dnsPolicy": {"enum": ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]},
    "PodSpec.hostname": DNS_LABEL,
    "PodSpec.nodeSelector": LABELS,
    "PodSpec.nodeName": NAME,
    "PodSpec.preemptionPolicy": {"enum": ["Never", "PreemptLowerPriority"]},
    "PodSpec.priorityClassName": NAME,
    "PodSpec.restartPolicy": {"enum": ["Always"]},
    "PodSpec.runtimeClassName": NAME,
    "PodSpec.serviceAccountName": NAME,
    "PodSpec.subdomain": DNS_LABEL,
    "PodSpec.terminationGracePeriodSeconds": NOT_NEGATIVE,
    "PodReadinessGate.conditionType": LABEL_KEY,
    "PodResourceClaim": exactly_one("resourceClaimName", "resourceClaimTemplateName"),
    "PodSecurityContext.fsGroup": USER,
    "PodSecurityContext.fsGroupChangePolicy": {"enum": ["Always", "OnRootMismatch"]},
    "PodSecurityContext.seLinuxChangePolicy": {"enum": ["MountOption", "Recursive"]},
    "PodSecurityContext.supplementalGroups": GROUPS,
    "PodSecurityContext.supplementalGroupsPolicy": {"enum": ["Merge", "Strict"]},
    "PodSecurityContext.runAsGroup": USER,
    "PodSecurityContext.runAsUser": USER,
    "PreferredSchedulingTerm.weight": WEIGHT,
    "Probe": exactly_one("exec", "grpc", "httpGet", "tcpSocket"),
    **{f"Probe.{field}Seconds": NOT_NEGATIVE for field in ("initialDelay", "period", "timeout")},
    "Probe.failureThreshold": NOT_NEGATIVE,
    "Probe.successThreshold": NOT_NEGATIVE,
    "Probe.terminationGracePeriodSeconds": POSITIVE,
    "ProjectedVolumeSource.defaultMode": MODE,
    "Quantity": QUANTITY,
    "ResourceFieldSelector.divisor": {
        "minimum": 0,
        "maximum": 1,
        "pattern": "^(0|1(m|k|[MGTPE]|[KMGTPE]i)?)$",
        "description": "write 1, or 1 with a unit such as 1Mi",
    },
    "ResourceFieldSelector.resource": {
        "pattern": r"^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$",
        "description": "write a limit or request such as limits.memory",
    },
    "RollingUpdateDeployment.maxSurge": MORE_THAN_ALL,
    "RollingUpdateDeployment.maxUnavailable": COUNT_OR_SHARE,
    "SeccompProfile.type": {"enum": ["Localhost", "RuntimeDefault", "Unconfined"]},
    "SecretEnvSource.name": NAME,
    "SecretKeySelector": {"required": ["name"]},
    "SecretKeySelector.name": NAME,
    "SecretKeySelector.key": ENTRY,
    "SecretVolumeSource": {"required": ["secretName"]},
    "SecretVolumeSource.defaultMode": MODE,
    "SecretVolumeSource.secretName": GIVEN,
    "SecurityContext.procMount": {"enum": ["Default", "Unmasked"]},
    "SecurityContext.runAsGroup": USER,
    "SecurityContext.runAsUser": USER,
    "ServiceAccountTokenProjection.expirationSeconds": {"minimum": 600, "maximum": 1 << 32},
    "ServiceAccountTokenProjection.path": PATH_OF_FILE,
    "ServicePort.appProtocol": LABEL_KEY,
    "ServicePort.name": DNS_LABEL,
    "ServicePort.nodePort": PORT,
    "ServicePort.port": PORT,
    "ServicePort.protocol": PROTOCOL,
    "ServicePort.targetPort": PORT_OR_NAME,
    "ServiceSpec.ipFamilies": {"maxItems": 2, "items": {"type": "string", "enum": ["IPv4", "IPv6"]}},
    "ServiceSpec.ipFamilyPolicy": {"enum": ["PreferDualStack", "RequireDualStack", "SingleStack"]},
    "ServiceSpec.externalTrafficPolicy": {"enum": ["Cluster", "Local"]},
    "ServiceSpec.internalTrafficPolicy": {"enum": ["Cluster", "Local"]},
    "ServiceSpec.selector": LABELS,
    "ServiceSpec.sessionAffinity": {"enum": ["ClientIP", "None"]},
    "ServiceSpec.trafficDistribution": {"enum": ["PreferClose", "PreferSameNode", "PreferSameZone"]},
    "ServiceSpec.type": {"enum": ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]},
    "SleepAction.seconds": NOT_NEGATIVE,
    "Sysctl.name": SYSCTL,
    "TCPSocketAction.port": PORT_OR_NAME,
    "Toleration.effect": {"enum": ["", "NoExecute", "NoSchedule", "PreferNoSchedule"]},
    "Toleration.key": {**LABEL_KEY, "pattern": f"^({KEY})?$"},
    "Toleration.operator": {"enum": ["", "Equal", "Exists"]},
    "Toleration.value": LABEL_VALUE,
    "TopologySpreadConstraint": {"dependentRequired": {"matchLabelKeys": ["labelSelector"]}},
    "TopologySpreadConstraint.maxSkew": POSITIVE,
    "TopologySpreadConstraint.minDomains": POSITIVE,
    "TopologySpreadConstraint.nodeAffinityPolicy": {"enum": ["Honor", "Ignore"]},
    "TopologySpreadConstraint.nodeTaintsPolicy": {"enum": ["Honor", "Ignore"]},
    "TopologySpreadConstraint.topologyKey": LABEL_KEY,
    "TopologySpreadConstraint.whenUnsatisfiable": {"enum": ["DoNotSchedule", "ScheduleAnyway"]},
    "Volume": {"maxProperties": 2, "description": "write a name and one source"},
    "Volume.name": DNS_LABEL,
    "VolumeMount.mountPath": {"pattern": "^[^:]+$", "description": "write an absolute path without ':'"},
    "VolumeMount.mountPropagation": {"enum": ["Bidirectional", "HostToContainer", "None"]},
    "VolumeMount.recursiveReadOnly": {"enum": ["Disabled", "Enabled", "IfPossible"]},
    "VolumeMount.subPath": {**PATH, "pattern": f"^({PATH['pattern'][1:-1]})?$"},
    "VolumeMount.subPathExpr": {**PATH, "pattern": f"^({PATH['pattern'][1:-1]})?$"},
    "VolumeProjection": exactly_one(
        "clusterTrustBundle", "configMap", "downwardAPI", "podCertificate", "secret", "serviceAccountToken"
    ),
    "VolumeResourceRequirements": {"required": ["requests"]},
    "VolumeResourceRequirements.requests": {"required": ["storage"]},
    "WeightedPodAffinityTerm.weight": WEIGHT,
}
