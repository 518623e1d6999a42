"""The schemas and types that come with daskgen: they are what the scripts make, and they find what they are for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
import yaml

from daskgen.checks.kubeconform import validate
from daskgen.kubernetes.schema import find_minors
from daskgen.operator.install import VERSION
from daskgen.paths import split_pointer
from support.places import ROOT

SCHEMAS = ROOT / "generator" / "daskgen" / "data" / "schemas"

WORKER = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: dask-worker, labels: {app: dask-worker}}
spec:
  replicas: 2
  selector: {matchLabels: {app: dask-worker}}
  template:
    metadata: {labels: {app: dask-worker}}
    spec:
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
          - weight: 100
            podAffinityTerm:
              topologyKey: kubernetes.io/hostname
              labelSelector: {matchExpressions: [{key: app, operator: In, values: [dask-worker]}]}
      containers:
      - name: dask-worker
        image: ghcr.io/dask/dask:2026.8.0
        ports: [{name: tcp-comm, containerPort: 8786, protocol: TCP}]
        resources: {limits: {cpu: 1, memory: 16Gi, ephemeral-storage: 1.5G, nvidia.com/gpu: "1"}}
        securityContext: {seccompProfile: {type: RuntimeDefault}}
      volumes:
      - {name: scratch, emptyDir: {sizeLimit: 50Gi}}
"""

INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: dask, annotations: {cert-manager.io/cluster-issuer: letsencrypt}}
spec:
  ingressClassName: traefik
  rules:
  - host: hub.example.com
    http:
      paths:
      - path: /dask
        pathType: Prefix
        backend: {service: {name: dask-scheduler, port: {name: http-dashboard}}}
"""

ROUTE = """
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: dask-dashboard}
spec:
  host: dask.apps.example.com
  to: {kind: Service, name: dask-scheduler, weight: 100}
  port: {targetPort: http-dashboard}
  tls: {termination: reencrypt, insecureEdgeTerminationPolicy: Redirect}
  wildcardPolicy: None
"""

HTTP_ROUTE = """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: dask-dashboard}
spec:
  parentRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: shared, namespace: gateways}]
  hostnames: [dask.example.com]
  rules:
  - matches: [{path: {type: PathPrefix, value: /dask}}]
    backendRefs: [{group: "", kind: Service, name: dask-scheduler, port: 8787, weight: 1}]
    filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {remove: [server]}}]
    timeouts: {request: 0s}
"""

ENGINES = """
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: dask, namespace: argocd}
spec:
  sourceRepos: [https://git.example.com/data/fleet.git]
  destinations: [{name: eu, namespace: analytics}]
  clusterResourceWhitelist: []
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: dask, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io]}
spec:
  project: dask
  source: {repoURL: https://git.example.com/data/fleet.git, targetRevision: main, path: overlays}
  destination: {name: eu, namespace: analytics}
  syncPolicy: {automated: {prune: true, selfHeal: true}, retry: {limit: 10, refresh: true, backoff: {factor: 2}}}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: dask, namespace: argocd}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
  - git:
      repoURL: https://git.example.com/data/fleet.git
      revision: main
      directories: [{path: groups/*}, {path: groups/operator, exclude: true}]
  syncPolicy: {preserveResourcesOnDeletion: true}
  template:
    metadata: {name: "dask-{{.path.basename}}"}
    spec:
      project: dask
      source: {repoURL: https://git.example.com/data/fleet.git, path: "{{.path.path}}"}
      destination: {name: eu, namespace: analytics}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: dask, namespace: flux-system}
spec: {interval: 1m, url: "ssh://git@git.example.com/data/fleet.git", ref: {branch: main}, secretRef: {name: git}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: dask, namespace: flux-system}
spec: {interval: 1m, url: "oci://registry.example.com/fleet", ref: {tag: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: dask, namespace: flux-system}
spec:
  interval: 1h
  prune: true
  path: ./overlays
  deletionPolicy: Orphan
  sourceRef: {kind: GitRepository, name: dask}
  healthCheckExprs: [{apiVersion: kubernetes.dask.org/v1, kind: DaskCluster, current: has(status.phase)}]
"""

SCALED = """
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: worker}
spec:
  scaleTargetRef: {name: worker}
  minReplicaCount: 0
  maxReplicaCount: 4
  advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleDown: {stabilizationWindowSeconds: 30}}}}
  triggers:
  - {type: metrics-api, metadata: {url: http://autoscaler:8791/, valueLocation: workers, targetValue: "1"}}
"""

NOTEBOOK = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: jupyter}
spec:
  serviceName: jupyter
  selector: {matchLabels: {app: jupyter}}
  template:
    metadata: {labels: {app: jupyter}}
    spec:
      containers: [{name: jupyter, image: ghcr.io/dask/dask-notebook:2026.8.0}]
"""

ENCRYPTION = """
apiVersion: cert-manager.io/v1
kind: Issuer
metadata: {name: dask-ca}
spec: {ca: {secretName: dask-ca}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: dask-worker}
spec:
  secretName: dask-worker-tls
  duration: 2160h
  usages: [server auth, client auth]
  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
  issuerRef: {group: cert-manager.io, kind: Issuer, name: dask-ca}
---
apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: {name: dask-scheduler}
spec:
  parentRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: shared, sectionName: tls}]
  hostnames: [dask.sched.example.com]
  rules: [{backendRefs: [{group: "", kind: Service, name: dask-scheduler, port: 8786}]}]
"""

MONITORING = """
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: dask-scheduler, labels: {release: prometheus}}
spec:
  selector: {matchLabels: {app.kubernetes.io/component: scheduler}}
  endpoints: [{port: http-dashboard, path: /metrics, interval: 30s, scheme: http}]
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: dask-worker}
spec:
  selector: {matchLabels: {app.kubernetes.io/component: worker}}
  podMetricsEndpoints: [{port: http-dashboard, relabelings: [{sourceLabels: [a], targetLabel: b}]}]
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: dask}
spec:
  groups:
  - name: dask
    rules: [{alert: DaskSchedulerDown, expr: up == 0, for: 5m, labels: {severity: critical}, annotations: {summary: s}}]
"""

LIMITS = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: namespace}
spec: {hard: {requests.cpu: "20", limits.memory: 100Gi, pods: 50}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: namespace}
spec: {limits: [{type: Container, default: {cpu: 1}, defaultRequest: {cpu: 100m}, max: {memory: 8Gi}}]}
"""

WORKBENCH = """
apiVersion: v1
kind: Secret
metadata: {name: dask, annotations: {opendatahub.io/connection-type-ref: dask-v1}}
type: Opaque
stringData: {DASK_SCHEDULER_ADDRESS: "tcp://dask-scheduler.project.svc:8786"}
---
apiVersion: image.openshift.io/v1
kind: ImageStream
metadata: {name: dask, labels: {opendatahub.io/notebook-image: "true"}}
spec:
  lookupPolicy: {local: true}
  tags:
  - name: v3
    from: {kind: DockerImage, name: "registry.example.com/workbenches/dask:v3"}
    referencePolicy: {type: Source}
---
apiVersion: kubeflow.org/v1
kind: Notebook
metadata: {name: dask, annotations: {notebooks.opendatahub.io/inject-auth: "true"}}
spec:
  template:
    spec:
      containers:
      - {name: dask, image: "registry.example.com/workbenches/dask:v3", envFrom: [{secretRef: {name: dask}}]}
"""

NAMES = """
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: prod-egress}
spec:
  endpointSelector: {matchLabels: {app.kubernetes.io/name: dask}}
  egress:
  - toEndpoints:
    - matchLabels: {"k8s:io.kubernetes.pod.namespace": kube-system, "k8s:k8s-app": kube-dns}
    toPorts:
    - ports: [{port: "53", protocol: ANY}]
      rules: {dns: [{matchPattern: "*"}]}
  - toFQDNs: [{matchName: pypi.org}, {matchPattern: "*.example.com"}]
    toPorts: [{ports: [{port: "443", protocol: TCP}]}]
"""

SECRETS = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: dask-login}
spec:
  refreshInterval: 1h
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  target: {name: dask-login, creationPolicy: Owner, deletionPolicy: Retain, template: {type: kubernetes.io/tls}}
  data:
  - secretKey: client-secret
    remoteRef: {key: teams/data/dask, property: client, conversionStrategy: Default, decodingStrategy: None}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: dask-login, annotations: {sealedsecrets.bitnami.com/cluster-wide: "true"}}
spec:
  encryptedData: {htpasswd: AgBy8hCi}
  template: {type: Opaque}
"""

ASKED = """
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: prod-dashboard}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: prod-dashboard}]
  extAuth:
    failOpen: false
    headersToExtAuth: [accept, cookie]
    http:
      backendRefs: [{group: "", kind: Service, name: authelia, namespace: login, port: 80}]
      path: /api/authz/ext-authz/
"""

HUB = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: hub}
spec: {interval: 24h, url: "https://hub.jupyter.org/helm-chart/"}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: hub}
spec:
  interval: 1h
  releaseName: jupyterhub
  targetNamespace: hub
  chart: {spec: {chart: jupyterhub, version: "4.4.0", sourceRef: {kind: HelmRepository, name: hub}}}
  install: {createNamespace: true}
  valuesFrom:
  - {kind: ConfigMap, name: hub, valuesKey: hub.yaml}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: hub}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {apiGroups: [kubernetes.dask.org], apiVersions: ["*"], operations: [CREATE, UPDATE], resources: [daskclusters]}
  matchConditions:
  - {name: users, expression: "request.userInfo.username == 'system:serviceaccount:hub:user'"}
  variables:
  - {name: workers, expression: object.spec.worker.replicas}
  validations:
  - {expression: variables.workers <= 4, message: a user may have 4 workers}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: hub}
spec:
  policyName: hub
  validationActions: [Deny]
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: hub}}}
"""

OTHERS = """
apiVersion: v1
kind: Namespace
metadata: {name: analytics, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: dask}
automountServiceAccountToken: false
---
apiVersion: v1
kind: ConfigMap
metadata: {name: dask}
data: {dask.yaml: "distributed: {}"}
---
apiVersion: v1
kind: Service
metadata: {name: dask-scheduler}
spec:
  type: NodePort
  selector: {app: dask-scheduler}
  ports: [{name: tcp-comm, port: 8786, targetPort: tcp-comm, nodePort: 30086}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1e12}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: scheduler}
spec:
  podSelector: {matchLabels: {app: dask-scheduler}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {}}], ports: [{port: 8786, protocol: TCP}]}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: workers}
spec: {maxUnavailable: 25%, unhealthyPodEvictionPolicy: AlwaysAllow, selector: {matchLabels: {app: dask-worker}}}
"""

OPERATED = """
apiVersion: kubernetes.dask.org/v1
kind: DaskCluster
metadata: {name: dask}
spec:
  idleTimeout: 0
  scheduler:
    metadata: {labels: {app: dask-scheduler}}
    spec:
      containers:
      - name: scheduler
        ports: [{name: tcp-comm, containerPort: 8786, protocol: TCP}]
        livenessProbe: {httpGet: {path: /health, port: http-dashboard}}
      initContainers: [{name: wait, image: busybox}]
    service: {ports: [{name: tcp-comm, port: 8786, targetPort: tcp-comm, protocol: TCP}]}
  worker:
    replicas: 2
    spec:
      containers:
      - name: worker
        resources: {limits: {cpu: "1", memory: 16Gi}}
        lifecycle: {preStop: {exec: {command: [retire]}}}
---
apiVersion: kubernetes.dask.org/v1
kind: DaskWorkerGroup
metadata: {name: gpu}
spec: {cluster: dask, worker: {replicas: 1, spec: {containers: [{name: worker}]}}}
---
apiVersion: kubernetes.dask.org/v1
kind: DaskAutoscaler
metadata: {name: dask}
spec: {cluster: dask, minimum: 1, maximum: 10}
---
apiVersion: kubernetes.dask.org/v1
kind: DaskJob
metadata: {name: dask}
spec:
  job: {spec: {restartPolicy: Never, activeDeadlineSeconds: 7200, containers: [{name: job, args: [python]}]}}
  cluster:
    spec:
      idleTimeout: 0
      scheduler:
        spec: {containers: [{name: scheduler}]}
        service: {ports: [{name: tcp-comm, port: 8786, targetPort: tcp-comm, protocol: TCP}]}
      worker: {replicas: 1, spec: {containers: [{name: worker}]}}
"""

DASK, GPU, SCALER, JOB = OPERATED.split("---")

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: daskclusters.kubernetes.dask.org}
spec:
  group: kubernetes.dask.org
  names: {kind: DaskCluster, plural: daskclusters, shortNames: [dsk]}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {scale: {specReplicasPath: .spec.worker.replicas, statusReplicasPath: .status.replicas}, status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {idleTimeout: {type: integer, default: 0}, others: {type: array, items: {}}}}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""

RIGHTS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: dask}
rules: [{apiGroups: [kubernetes.dask.org], resources: [daskclusters/finalizers], verbs: [update]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: dask}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: dask}
subjects: [{kind: ServiceAccount, name: dask, namespace: analytics}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: dask}
rules: [{apiGroups: [""], resources: [pods], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: dask}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: dask}
subjects: [{kind: ServiceAccount, name: dask}]
"""

ROLE, BINDING = RIGHTS.split("---")[:2]

POD = "/spec/template/spec"
CONTAINER = f"{POD}/containers/0"
MEMORY = f"{CONTAINER}/resources/limits/memory"
SPREAD = f"{POD}/affinity/podAntiAffinity"
TERM = f"{SPREAD}/preferredDuringSchedulingIgnoredDuringExecution/0/podAffinityTerm"
TYPO = "preferredDuringSchedulingIgnoreDuringExecution"
IN_SCHEDULER, IN_WORKER = (f"/spec/{pod}/spec/containers/0" for pod in ("scheduler", "worker"))
INGRESS_PATH = "/spec/rules/0/http/paths/0"
IN_SCHEMA = "/spec/versions/0/schema/openAPIV3Schema/properties/spec"
TLS = "/spec/tls"
FORWARD = "/spec/rules/0"

MISTAKES: list[tuple[str, str, Any, str, str]] = [
    # What the documents that daskgen began with got wrong.
    (WORKER, "/spec/affinity", {"podAntiAffinity": {}}, "/spec", "additional properties 'affinity' not allowed"),
    (WORKER, f"{SPREAD}/{TYPO}", [], SPREAD, f"additional properties '{TYPO}' not allowed"),
    (WORKER, f"{TERM}/topologyKey", ..., TERM, "missing property 'topologyKey'"),
    (INGRESS, "/apiVersion", "extensions/v1beta1", "", "could not find schema for Ingress in extensions/v1beta1"),
    (INGRESS, f"{INGRESS_PATH}/pathType", ..., INGRESS_PATH, "missing property 'pathType'"),
    (INGRESS, f"{INGRESS_PATH}/backend/serviceName", "dask", f"{INGRESS_PATH}/backend", "'serviceName' not allowed"),
    # What else the API server refuses.
    (WORKER, "/metadata/name", "Dask_Worker", "/metadata/name", "does not match pattern"),
    (WORKER, "/metadata/name", ..., "/metadata", "missing property 'name'"),
    (WORKER, "/metadata/labels/app", 1, "/metadata/labels/app", "got number, want string"),
    (WORKER, "/metadata/labels/app", "my app", "/metadata/labels/app", "does not match pattern"),
    (WORKER, "/metadata/labels/my app", "a", "/metadata/labels", "additional properties 'my app' not allowed"),
    (WORKER, "/spec/selector", ..., "/spec", "missing property 'selector'"),
    (
        WORKER,
        "/spec/strategy",
        {"type": "recreate"},
        "/spec/strategy/type",
        "must be one of 'Recreate', 'RollingUpdate'",
    ),
    (WORKER, f"{POD}/restartPolicy", "Never", f"{POD}/restartPolicy", "value must be 'Always'"),
    (WORKER, f"{POD}/volumes/0/emptyDir/sizeLimit", -1, f"{POD}/volumes/0/emptyDir/sizeLimit", "minimum: got -1"),
    (WORKER, f"{CONTAINER}/imagePullPolicy", "always", f"{CONTAINER}/imagePullPolicy", "value must be one of"),
    (WORKER, f"{CONTAINER}/args", "dask worker", f"{CONTAINER}/args", "got string, want array"),
    (WORKER, f"{CONTAINER}/args", ["--nthreads", 1], f"{CONTAINER}/args/1", "got number, want string"),
    (WORKER, f"{CONTAINER}/ports/0/name", "sixteen-letters1", f"{CONTAINER}/ports/0/name", "got 16, want 15"),
    *(
        (WORKER, MEMORY, amount, MEMORY, "does not match")
        for amount in ("16GB", "16 Gi", "16gi", "-1Gi", "1e", "Gi", "")
    ),
    # What it takes, and what is a mistake all the same.
    (WORKER, f"{CONTAINER}/image", None, f"{CONTAINER}/image", "got null, want string"),
    (WORKER, "/status", {"replicas": 2}, "", "additional properties 'status' not allowed"),
    (WORKER, "/metadata/uid", "1", "/metadata", "additional properties 'uid' not allowed"),
    # What the API server would drop from pods of the operator, or refuse.
    (DASK, "/spec/worker/spec/hostUsers", False, "/spec/worker/spec", "additional properties 'hostUsers' not allowed"),
    (
        DASK,
        "/spec/scheduler/spec/initContainers/0/restartPolicy",
        "Always",
        "/spec/scheduler/spec/initContainers/0",
        "'restartPolicy' not allowed",
    ),
    (
        DASK,
        f"{IN_WORKER}/lifecycle/preStop",
        {"sleep": {"seconds": 5}},
        f"{IN_WORKER}/lifecycle/preStop",
        "additional properties 'sleep' not allowed",
    ),
    (DASK, f"{IN_WORKER}/resources/limits/cpu", 1, f"{IN_WORKER}/resources/limits/cpu", "got number, want string"),
    (
        DASK,
        f"{IN_SCHEDULER}/livenessProbe/httpGet/port",
        8787,
        f"{IN_SCHEDULER}/livenessProbe/httpGet/port",
        "got number, want string",
    ),
    (DASK, "/spec/worker/strategy", {}, "/spec/worker", "additional properties 'strategy' not allowed"),
    (DASK, "/spec/scheduler/service", ..., "/spec/scheduler", "missing property 'service'"),
    # What it would fill in.
    (DASK, f"{IN_SCHEDULER}/ports/0/protocol", ..., f"{IN_SCHEDULER}/ports/0", "missing property 'protocol'"),
    (DASK, "/spec/idleTimeout", ..., "/spec", "missing property 'idleTimeout'"),
    # What no Deployment made of it can have.
    (GPU, "/spec/worker/spec/restartPolicy", "Never", "/spec/worker/spec/restartPolicy", "value must be 'Always'"),
    (GPU, "/spec/cluster", ..., "/spec", "missing property 'cluster'"),
    (SCALER, "/spec/maximum", "10", "/spec/maximum", "got string, want integer"),
    (JOB, "/spec/job/spec/restartPolicy", "Always", "/spec/job/spec/restartPolicy", "value must be one of"),
    (JOB, "/spec/job/spec/restartPolicy", ..., "/spec/job/spec", "missing property 'restartPolicy'"),
    # The operator.
    (ROLE, "/rules/0/verb", ["update"], "/rules/0", "additional properties 'verb' not allowed"),
    (ROLE, "/rules/0/verbs", ..., "/rules/0", "missing property 'verbs'"),
    (BINDING, "/subjects/0/kind", ..., "/subjects/0", "missing property 'kind'"),
    (BINDING, "/roleRef/name", ..., "/roleRef", "missing property 'name'"),
    (DEFINITION, "/spec/versions/0/served", ..., "/spec/versions/0", "missing property 'served'"),
    (DEFINITION, IN_SCHEMA + "/tipe", "object", IN_SCHEMA, "additional properties 'tipe' not allowed"),
    (
        DEFINITION,
        IN_SCHEMA + "/properties/idleTimeout",
        {"type": 1},
        IN_SCHEMA + "/properties/idleTimeout/type",
        "got number",
    ),
    # OpenShift.
    (HTTP_ROUTE, f"{FORWARD}/timeouts/request", "1 h", f"{FORWARD}/timeouts/request", "does not match pattern"),
    (HTTP_ROUTE, f"{FORWARD}/backendRefs/0/port", ..., f"{FORWARD}/backendRefs/0", "missing property 'port'"),
    (HTTP_ROUTE, f"{FORWARD}/matches/0/path/value", "dask", f"{FORWARD}/matches/0/path/value", "does not match"),
    (HTTP_ROUTE, f"{FORWARD}/matches/0/path/value", "/a//b", f"{FORWARD}/matches/0/path/value", "not"),
    (HTTP_ROUTE, f"{FORWARD}/filters/0/cors", {}, f"{FORWARD}/filters/0/cors", "is not allowed here"),
    (HTTP_ROUTE, f"{FORWARD}/filters/0/responseHeaderModifier", ..., f"{FORWARD}/filters/0", "missing property"),
    (HTTP_ROUTE, "/spec/hostnames/0", "Dask.example.com", "/spec/hostnames/0", "does not match pattern"),
    (HTTP_ROUTE, "/spec/parentRef", {}, "/spec", "additional properties 'parentRef' not allowed"),
    (ROUTE, f"{TLS}/termination", "Reencrypt", f"{TLS}/termination", "value must be one of"),
    (ROUTE, f"{TLS}/termination", ..., TLS, "missing property 'termination'"),
    (ROUTE, TLS, {"termination": "passthrough", "key": "k"}, f"{TLS}/key", "is not allowed here"),
    (
        ROUTE,
        TLS,
        {"termination": "passthrough", "insecureEdgeTerminationPolicy": "Allow"},
        f"{TLS}/insecureEdgeTerminationPolicy",
        "value must be one of 'None', 'Redirect'",
    ),
    (
        ROUTE,
        TLS,
        {"termination": "edge", "destinationCACertificate": "c"},
        f"{TLS}/destinationCACertificate",
        "is not allowed here",
    ),
    (
        ROUTE,
        TLS,
        {"termination": "edge", "certificate": "c", "externalCertificate": {"name": "s"}},
        f"{TLS}/certificate",
        "is not allowed here",
    ),
    (ROUTE, "/spec/path", "dask", "/spec/path", "does not match pattern"),
    (ROUTE, "/spec/to/weight", 300, "/spec/to/weight", "maximum: got 300, want 256"),
    (ROUTE, "/spec/to/kind", "Deployment", "/spec/to/kind", "value must be 'Service'"),
    (
        ROUTE,
        "/spec/httpHeaders",
        {"actions": {"response": [{"name": "Set-Cookie", "action": {"type": "Delete"}}]}},
        "/spec/httpHeaders/actions/response/0/name",
        "is not allowed here",
    ),
]
"""A right object, a place in it, what to put there (nothing: ...), the place that is then wrong, and what is said."""


def put(right: str, pointer: str, value: Any) -> Any:
    """The object `right` with `value` at a place in it; with nothing there for an ellipsis."""
    body = inner = yaml.safe_load(right)
    *path, last = split_pointer(pointer)
    for part in path:
        inner = inner[part]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return body


def find_schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(SCHEMAS.rglob("*.json")):
        yield str(file.relative_to(SCHEMAS)), json.loads(file.read_text("utf-8"))


def find_objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside `schema` that lists fields, but for those that only add conditions."""
    if isinstance(schema, dict):
        # A definition of schemas has fields of these names.
        if "properties" in schema and isinstance(schema.get("type"), str):
            yield schema
        for key, value in schema.items():
            if key not in ("if", "then", "else"):
                yield from find_objects(value)


@pytest.fixture
def make_schemas(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return import_module("make_schemas")


@pytest.fixture
def make_types(make_schemas: ModuleType) -> ModuleType:
    return import_module("make_types")


@pytest.fixture
def make_definitions(make_schemas: ModuleType) -> ModuleType:
    return import_module("make_definitions")


def test_the_schemas_are_what_the_script_makes(make_schemas: ModuleType) -> None:
    there = {str(file.relative_to(SCHEMAS)): file.read_text("utf-8") for file in SCHEMAS.rglob("*") if file.is_file()}
    assert there == make_schemas.make()


def test_the_types_are_what_the_script_makes(make_types: ModuleType) -> None:
    assert make_types.OUTPUT.read_text("utf-8") == make_types.make()


def test_the_definitions_are_what_the_script_makes(make_definitions: ModuleType) -> None:
    there = {file.name: file.read_text("utf-8") for file in make_definitions.OUTPUT.iterdir()}
    assert there == make_definitions.make()
    assert make_definitions.VERSION == VERSION


def test_every_check_has_a_field_to_check(make_schemas: ModuleType) -> None:
    names = set()
    for schema in make_schemas.build(find_minors()[-1]).values():
        for name, definition in {**schema["$defs"], schema["properties"]["kind"]["enum"][0]: schema}.items():
            names |= {name, *(f"{name}.{field}" for field in definition.get("properties", ()))}
    assert set(make_schemas.CHECKS) <= names


def test_schemas_are_closed_and_stand_alone() -> None:
    for name, schema in find_schemas():
        references = set(json.dumps(schema).split('"$ref": "')[1:])
        assert {reference.partition('"')[0] for reference in references} <= {
            f"#/$defs/{reference}" for reference in schema["$defs"]
        }, name
        assert all(body["additionalProperties"] is False for body in find_objects(schema)), name


@pytest.mark.tools
@pytest.mark.parametrize("minor", find_minors())
def test_right_objects_are_right_in_every_version(minor: str) -> None:
    texts = [
        WORKER,
        INGRESS,
        ROUTE,
        HTTP_ROUTE,
        OPERATED,
        DEFINITION,
        RIGHTS,
        ENGINES,
        MONITORING,
        NOTEBOOK,
        ENCRYPTION,
        SCALED,
        LIMITS,
        WORKBENCH,
        HUB,
        NAMES,
        ASKED,
        SECRETS,
        OTHERS,
    ]
    objects = list(yaml.safe_load_all("---".join(texts)))
    assert {body["kind"] for body in objects} == {
        schema["properties"]["kind"]["enum"][0] for name, schema in find_schemas() if name.startswith(f"{minor}/")
    }
    assert validate(objects, minor) == []


@pytest.mark.tools
@pytest.mark.parametrize("amount", [1, 0.5, "100m", "1.5Gi", ".5", "1e3", "1E", "2E+3", "+1", "0"])
def test_quantities_are_those_of_kubernetes(amount: Any) -> None:
    assert validate([put(WORKER, MEMORY, amount)], "1.34") == []


@pytest.mark.tools
@pytest.mark.parametrize("minor", [find_minors()[0], find_minors()[-1]])
def test_mistakes_are_found_where_they_are(minor: str) -> None:
    findings = validate([put(right, place, value) for right, place, value, _, _ in MISTAKES], minor)
    wrong = [(index, split_pointer(place)) for index, (_, _, _, place, _) in enumerate(MISTAKES)]
    assert [(finding.place, finding.path) for finding in findings] == wrong
    for finding in findings:
        assert MISTAKES[finding.place][4] in finding.message


@pytest.mark.tools
def test_a_passthrough_route_has_no_path() -> None:
    route = put(ROUTE, TLS, {"termination": "passthrough"})
    assert validate([route], "1.34") == []
    route["spec"]["path"] = "/dask"
    assert [finding.path for finding in validate([route], "1.34")] == [("spec", "path")]
