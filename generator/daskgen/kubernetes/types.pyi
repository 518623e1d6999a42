"""Kubernetes' objects as plain dicts, for type checkers alone. Written by scripts/make_types.py."""

from __future__ import annotations

from typing import Literal, Required, TypedDict


class AWSElasticBlockStoreVolumeSource(TypedDict, total=False):
    fsType: str
    partition: int
    readOnly: bool
    volumeID: Required[str]


class Affinity(TypedDict, total=False):
    nodeAffinity: NodeAffinity
    podAffinity: PodAffinity
    podAntiAffinity: PodAntiAffinity


class AggregationRule(TypedDict, total=False):
    clusterRoleSelectors: list[LabelSelector]


class AppArmorProfile(TypedDict, total=False):
    localhostProfile: str
    type: Required[str]


class AuditAnnotation(TypedDict, total=False):
    key: Required[str]
    valueExpression: Required[str]


class AzureDiskVolumeSource(TypedDict, total=False):
    cachingMode: str
    diskName: Required[str]
    diskURI: Required[str]
    fsType: str
    kind: str
    readOnly: bool


class AzureFileVolumeSource(TypedDict, total=False):
    readOnly: bool
    secretName: Required[str]
    shareName: Required[str]


class CSIVolumeSource(TypedDict, total=False):
    driver: Required[str]
    fsType: str
    nodePublishSecretRef: LocalObjectReference
    readOnly: bool
    volumeAttributes: dict[str, str]


class Capabilities(TypedDict, total=False):
    add: list[str]
    drop: list[str]


class CephFSVolumeSource(TypedDict, total=False):
    monitors: Required[list[str]]
    path: str
    readOnly: bool
    secretFile: str
    secretRef: LocalObjectReference
    user: str


class CinderVolumeSource(TypedDict, total=False):
    fsType: str
    readOnly: bool
    secretRef: LocalObjectReference
    volumeID: Required[str]


class ClientIPConfig(TypedDict, total=False):
    timeoutSeconds: int


class ClusterRole(TypedDict, total=False):
    aggregationRule: AggregationRule
    apiVersion: Required[Literal["rbac.authorization.k8s.io/v1"]]
    kind: Required[Literal["ClusterRole"]]
    metadata: Required[ObjectMeta]
    rules: list[PolicyRule]


class ClusterRoleBinding(TypedDict, total=False):
    apiVersion: Required[Literal["rbac.authorization.k8s.io/v1"]]
    kind: Required[Literal["ClusterRoleBinding"]]
    metadata: Required[ObjectMeta]
    roleRef: Required[RoleRef]
    subjects: list[Subject]


class ClusterTrustBundleProjection(TypedDict, total=False):
    labelSelector: LabelSelector
    name: str
    optional: bool
    path: Required[str]
    signerName: str
    user: int


class ConfigMap(TypedDict, total=False):
    apiVersion: Required[Literal["v1"]]
    binaryData: dict[str, str]
    data: dict[str, str]
    immutable: bool
    kind: Required[Literal["ConfigMap"]]
    metadata: Required[ObjectMeta]


class ConfigMapEnvSource(TypedDict, total=False):
    name: str
    optional: bool


class ConfigMapKeySelector(TypedDict, total=False):
    key: Required[str]
    name: Required[str]
    optional: bool


class ConfigMapProjection(TypedDict, total=False):
    items: list[KeyToPath]
    name: str
    optional: bool


class ConfigMapVolumeSource(TypedDict, total=False):
    defaultMode: int
    defaultUser: int
    items: list[KeyToPath]
    name: str
    optional: bool


class Container(TypedDict, total=False):
    args: list[str]
    command: list[str]
    env: list[EnvVar]
    envFrom: list[EnvFromSource]
    image: str
    imagePullPolicy: str
    lifecycle: Lifecycle
    livenessProbe: Probe
    name: Required[str]
    ports: list[ContainerPort]
    readinessProbe: Probe
    resizePolicy: list[ContainerResizePolicy]
    resources: ResourceRequirements
    restartPolicy: str
    restartPolicyRules: list[ContainerRestartRule]
    securityContext: SecurityContext
    startupProbe: Probe
    stdin: bool
    stdinOnce: bool
    terminationMessagePath: str
    terminationMessagePolicy: str
    tty: bool
    volumeDevices: list[VolumeDevice]
    volumeMounts: list[VolumeMount]
    workingDir: str


class ContainerPort(TypedDict, total=False):
    containerPort: Required[int]
    hostIP: str
    hostPort: int
    name: str
    protocol: str


class ContainerResizePolicy(TypedDict, total=False):
    resourceName: Required[str]
    restartPolicy: Required[str]


class ContainerRestartRule(TypedDict, total=False):
    action: Required[str]
    exitCodes: ContainerRestartRuleOnExitCodes


class ContainerRestartRuleOnExitCodes(TypedDict, total=False):
    operator: Required[str]
    values: list[int]


class DaskAutoscaler(TypedDict, total=False):
    apiVersion: Required[Literal["kubernetes.dask.org/v1"]]
    kind: Required[Literal["DaskAutoscaler"]]
    metadata: Required[ObjectMeta]
    spec: Required[DaskAutoscalerSpec]


class DaskAutoscalerSpec(TypedDict, total=False):
    cluster: Required[str]
    maximum: Required[int]
    minimum: Required[int]


class DaskCluster(TypedDict, total=False):
    apiVersion: Required[Literal["kubernetes.dask.org/v1"]]
    kind: Required[Literal["DaskCluster"]]
    metadata: Required[ObjectMeta]
    spec: Required[DaskClusterSpec]


class DaskClusterSpec(TypedDict, total=False):
    idleTimeout: Required[int]
    scheduler: Required[DaskClusterSpecScheduler]
    worker: Required[DaskClusterSpecWorker]


class DaskClusterSpecScheduler(TypedDict, total=False):
    metadata: DaskClusterSpecSchedulerMetadata
    service: Required[ServiceSpec]
    spec: Required[PodSpec]


class DaskClusterSpecSchedulerMetadata(TypedDict, total=False):
    annotations: dict[str, str]
    labels: dict[str, str]


class DaskClusterSpecWorker(TypedDict, total=False):
    metadata: DaskClusterSpecWorkerMetadata
    replicas: Required[int]
    spec: Required[PodSpec]


class DaskClusterSpecWorkerMetadata(TypedDict, total=False):
    annotations: dict[str, str]
    labels: dict[str, str]


class DaskJob(TypedDict, total=False):
    apiVersion: Required[Literal["kubernetes.dask.org/v1"]]
    kind: Required[Literal["DaskJob"]]
    metadata: Required[ObjectMeta]
    spec: Required[DaskJobSpec]


class DaskJobSpec(TypedDict, total=False):
    cluster: Required[DaskJobSpecCluster]
    job: Required[DaskJobSpecJob]


class DaskJobSpecCluster(TypedDict, total=False):
    spec: Required[DaskJobSpecClusterSpec]
    status: DaskJobSpecClusterStatus


class DaskJobSpecClusterSpec(TypedDict, total=False):
    idleTimeout: Required[int]
    scheduler: Required[DaskJobSpecClusterSpecScheduler]
    worker: Required[DaskJobSpecClusterSpecWorker]


class DaskJobSpecClusterSpecScheduler(TypedDict, total=False):
    metadata: DaskJobSpecClusterSpecSchedulerMetadata
    service: Required[ServiceSpec]
    spec: Required[PodSpec]


class DaskJobSpecClusterSpecSchedulerMetadata(TypedDict, total=False):
    annotations: dict[str, str]
    labels: dict[str, str]


class DaskJobSpecClusterSpecWorker(TypedDict, total=False):
    metadata: DaskJobSpecClusterSpecWorkerMetadata
    replicas: Required[int]
    spec: Required[PodSpec]


class DaskJobSpecClusterSpecWorkerMetadata(TypedDict, total=False):
    annotations: dict[str, str]
    labels: dict[str, str]


class DaskJobSpecClusterStatus(TypedDict, total=False):
    phase: str


class DaskJobSpecJob(TypedDict, total=False):
    metadata: DaskJobSpecJobMetadata
    spec: DaskJobSpecJobSpec


class DaskJobSpecJobMetadata(TypedDict, total=False):
    annotations: dict[str, str]
    labels: dict[str, str]


class DaskJobSpecJobSpec(TypedDict, total=False):
    activeDeadlineSeconds: int
    affinity: Affinity
    automountServiceAccountToken: bool
    containers: Required[list[Container]]
    dnsConfig: PodDNSConfig
    dnsPolicy: str
    enableServiceLinks: bool
    hostAliases: list[HostAlias]
    hostIPC: bool
    hostNetwork: bool
    hostPID: bool
    hostname: str
    imagePullSecrets: list[LocalObjectReference]
    initContainers: list[Container]
    nodeName: str
    nodeSelector: dict[str, str]
    overhead: dict[str, str]
    preemptionPolicy: str
    priority: int
    priorityClassName: str
    readinessGates: list[PodReadinessGate]
    restartPolicy: Required[str]
    runtimeClassName: str
    schedulerName: str
    securityContext: PodSecurityContext
    serviceAccount: str
    serviceAccountName: str
    setHostnameAsFQDN: bool
    shareProcessNamespace: bool
    subdomain: str
    terminationGracePeriodSeconds: int
    tolerations: list[Toleration]
    topologySpreadConstraints: list[TopologySpreadConstraint]
    volumes: list[Volume]


class DaskWorkerGroup(TypedDict, total=False):
    apiVersion: Required[Literal["kubernetes.dask.org/v1"]]
    kind: Required[Literal["DaskWorkerGroup"]]
    metadata: Required[ObjectMeta]
    spec: Required[DaskWorkerGroupSpec]


class DaskWorkerGroupSpec(TypedDict, total=False):
    cluster: Required[str]
    worker: Required[DaskWorkerGroupSpecWorker]


class DaskWorkerGroupSpecWorker(TypedDict, total=False):
    metadata: DaskWorkerGroupSpecWorkerMetadata
    replicas: Required[int]
    spec: Required[PodSpec]


class DaskWorkerGroupSpecWorkerMetadata(TypedDict, total=False):
    annotations: dict[str, str]
    labels: dict[str, str]


class Deployment(TypedDict, total=False):
    apiVersion: Required[Literal["apps/v1"]]
    kind: Required[Literal["Deployment"]]
    metadata: Required[ObjectMeta]
    spec: Required[DeploymentSpec]


class DeploymentSpec(TypedDict, total=False):
    minReadySeconds: int
    paused: bool
    progressDeadlineSeconds: int
    replicas: int
    revisionHistoryLimit: int
    selector: Required[LabelSelector]
    strategy: DeploymentStrategy
    template: Required[PodTemplateSpec]


class DeploymentStrategy(TypedDict, total=False):
    rollingUpdate: RollingUpdateDeployment
    type: str


class DownwardAPIProjection(TypedDict, total=False):
    items: list[DownwardAPIVolumeFile]


class DownwardAPIVolumeFile(TypedDict, total=False):
    fieldRef: ObjectFieldSelector
    mode: int
    path: Required[str]
    resourceFieldRef: ResourceFieldSelector
    user: int


class DownwardAPIVolumeSource(TypedDict, total=False):
    defaultMode: int
    defaultUser: int
    items: list[DownwardAPIVolumeFile]


class EmptyDirVolumeSource(TypedDict, total=False):
    medium: str
    mode: int
    sizeLimit: int | str


class EnvFromSource(TypedDict, total=False):
    configMapRef: ConfigMapEnvSource
    prefix: str
    secretRef: SecretEnvSource


class EnvVar(TypedDict, total=False):
    name: Required[str]
    value: str
    valueFrom: EnvVarSource


class EnvVarSource(TypedDict, total=False):
    configMapKeyRef: ConfigMapKeySelector
    fieldRef: ObjectFieldSelector
    fileKeyRef: FileKeySelector
    resourceFieldRef: ResourceFieldSelector
    secretKeyRef: SecretKeySelector


class EphemeralContainer(TypedDict, total=False):
    args: list[str]
    command: list[str]
    env: list[EnvVar]
    envFrom: list[EnvFromSource]
    image: str
    imagePullPolicy: str
    lifecycle: Lifecycle
    livenessProbe: Probe
    name: Required[str]
    ports: list[ContainerPort]
    readinessProbe: Probe
    resizePolicy: list[ContainerResizePolicy]
    resources: ResourceRequirements
    restartPolicy: str
    restartPolicyRules: list[ContainerRestartRule]
    securityContext: SecurityContext
    startupProbe: Probe
    stdin: bool
    stdinOnce: bool
    targetContainerName: str
    terminationMessagePath: str
    terminationMessagePolicy: str
    tty: bool
    volumeDevices: list[VolumeDevice]
    volumeMounts: list[VolumeMount]
    workingDir: str


class EphemeralVolumeSource(TypedDict, total=False):
    volumeClaimTemplate: Required[PersistentVolumeClaimTemplate]


class EvictionResponder(TypedDict, total=False):
    name: Required[str]
    priority: Required[int]


class ExecAction(TypedDict, total=False):
    command: Required[list[str]]


class FCVolumeSource(TypedDict, total=False):
    fsType: str
    lun: int
    readOnly: bool
    targetWWNs: list[str]
    wwids: list[str]


class FileKeySelector(TypedDict, total=False):
    key: Required[str]
    optional: bool
    path: Required[str]
    volumeName: Required[str]


class FlexVolumeSource(TypedDict, total=False):
    driver: Required[str]
    fsType: str
    options: dict[str, str]
    readOnly: bool
    secretRef: LocalObjectReference


class FlockerVolumeSource(TypedDict, total=False):
    datasetName: str
    datasetUUID: str


class GCEPersistentDiskVolumeSource(TypedDict, total=False):
    fsType: str
    partition: int
    pdName: Required[str]
    readOnly: bool


class GRPCAction(TypedDict, total=False):
    mode: str
    port: Required[int]
    service: str


class GitRepoVolumeSource(TypedDict, total=False):
    directory: str
    repository: Required[str]
    revision: str


class GlusterfsVolumeSource(TypedDict, total=False):
    endpoints: Required[str]
    path: Required[str]
    readOnly: bool


class HTTPGetAction(TypedDict, total=False):
    host: str
    httpHeaders: list[HTTPHeader]
    path: str
    port: Required[int | str]
    protocol: str
    scheme: str


class HTTPHeader(TypedDict, total=False):
    name: Required[str]
    value: Required[str]


class HTTPIngressPath(TypedDict, total=False):
    backend: Required[IngressBackend]
    path: str
    pathType: Required[str]


class HTTPIngressRuleValue(TypedDict, total=False):
    paths: Required[list[HTTPIngressPath]]


class HostAlias(TypedDict, total=False):
    hostnames: list[str]
    ip: Required[str]


class HostPathVolumeSource(TypedDict, total=False):
    path: Required[str]
    type: str


IPBlock = TypedDict(
    "IPBlock",
    {
        "cidr": "Required[str]",
        "except": "list[str]",
    },
    total=False,
)


class ISCSIVolumeSource(TypedDict, total=False):
    chapAuthDiscovery: bool
    chapAuthSession: bool
    fsType: str
    initiatorName: str
    iqn: Required[str]
    iscsiInterface: str
    lun: Required[int]
    portals: list[str]
    readOnly: bool
    secretRef: LocalObjectReference
    targetPortal: Required[str]


class ImageLookupPolicy(TypedDict, total=False):
    local: Required[bool]


class ImageStream(TypedDict, total=False):
    apiVersion: Required[Literal["image.openshift.io/v1"]]
    kind: Required[Literal["ImageStream"]]
    metadata: Required[ObjectMeta]
    spec: Required[ImageStreamSpec]


class ImageStreamSpec(TypedDict, total=False):
    dockerImageRepository: str
    lookupPolicy: ImageLookupPolicy
    tags: list[TagReference]


class ImageVolumeSource(TypedDict, total=False):
    pullPolicy: str
    reference: str


class Ingress(TypedDict, total=False):
    apiVersion: Required[Literal["networking.k8s.io/v1"]]
    kind: Required[Literal["Ingress"]]
    metadata: Required[ObjectMeta]
    spec: Required[IngressSpec]


class IngressBackend(TypedDict, total=False):
    resource: TypedLocalObjectReference
    service: IngressServiceBackend


class IngressRule(TypedDict, total=False):
    host: str
    http: HTTPIngressRuleValue


class IngressServiceBackend(TypedDict, total=False):
    name: Required[str]
    port: ServiceBackendPort


class IngressSpec(TypedDict, total=False):
    defaultBackend: IngressBackend
    ingressClassName: str
    rules: list[IngressRule]
    tls: list[IngressTLS]


class IngressTLS(TypedDict, total=False):
    hosts: list[str]
    secretName: str


class KeyToPath(TypedDict, total=False):
    key: Required[str]
    mode: int
    path: Required[str]
    user: int


class LabelSelector(TypedDict, total=False):
    matchExpressions: list[LabelSelectorRequirement]
    matchLabels: dict[str, str]


class LabelSelectorRequirement(TypedDict, total=False):
    key: Required[str]
    operator: Required[str]
    values: list[str]


class Lifecycle(TypedDict, total=False):
    postStart: LifecycleHandler
    preStop: LifecycleHandler
    stopSignal: str


class LifecycleHandler(TypedDict, total=False):
    exec: ExecAction
    httpGet: HTTPGetAction
    sleep: SleepAction
    tcpSocket: TCPSocketAction


class LimitRange(TypedDict, total=False):
    apiVersion: Required[Literal["v1"]]
    kind: Required[Literal["LimitRange"]]
    metadata: Required[ObjectMeta]
    spec: LimitRangeSpec


class LimitRangeItem(TypedDict, total=False):
    default: dict[str, int | str]
    defaultRequest: dict[str, int | str]
    max: dict[str, int | str]
    maxLimitRequestRatio: dict[str, int | str]
    min: dict[str, int | str]
    type: Required[str]


class LimitRangeSpec(TypedDict, total=False):
    limits: Required[list[LimitRangeItem]]


class LocalObjectReference(TypedDict, total=False):
    name: str


class MatchCondition(TypedDict, total=False):
    expression: Required[str]
    name: Required[str]


class MatchResources(TypedDict, total=False):
    excludeResourceRules: list[NamedRuleWithOperations]
    matchPolicy: str
    namespaceSelector: LabelSelector
    objectSelector: LabelSelector
    resourceRules: list[NamedRuleWithOperations]


class NFSVolumeSource(TypedDict, total=False):
    path: Required[str]
    readOnly: bool
    server: Required[str]


class NamedRuleWithOperations(TypedDict, total=False):
    apiGroups: list[str]
    apiVersions: list[str]
    operations: list[str]
    resourceNames: list[str]
    resources: list[str]
    scope: str


class Namespace(TypedDict, total=False):
    apiVersion: Required[Literal["v1"]]
    kind: Required[Literal["Namespace"]]
    metadata: Required[ObjectMeta]
    spec: NamespaceSpec


class NamespaceSpec(TypedDict, total=False):
    finalizers: list[str]


class NetworkPolicy(TypedDict, total=False):
    apiVersion: Required[Literal["networking.k8s.io/v1"]]
    kind: Required[Literal["NetworkPolicy"]]
    metadata: Required[ObjectMeta]
    spec: Required[NetworkPolicySpec]


class NetworkPolicyEgressRule(TypedDict, total=False):
    ports: list[NetworkPolicyPort]
    to: list[NetworkPolicyPeer]


NetworkPolicyIngressRule = TypedDict(
    "NetworkPolicyIngressRule",
    {
        "from": "list[NetworkPolicyPeer]",
        "ports": "list[NetworkPolicyPort]",
    },
    total=False,
)


class NetworkPolicyPeer(TypedDict, total=False):
    ipBlock: IPBlock
    namespaceSelector: LabelSelector
    podSelector: LabelSelector


class NetworkPolicyPort(TypedDict, total=False):
    endPort: int
    port: int | str
    protocol: str


class NetworkPolicySpec(TypedDict, total=False):
    egress: list[NetworkPolicyEgressRule]
    ingress: list[NetworkPolicyIngressRule]
    podSelector: LabelSelector
    policyTypes: list[str]


class NodeAffinity(TypedDict, total=False):
    preferredDuringSchedulingIgnoredDuringExecution: list[PreferredSchedulingTerm]
    requiredDuringSchedulingIgnoredDuringExecution: NodeSelector


class NodeSelector(TypedDict, total=False):
    nodeSelectorTerms: Required[list[NodeSelectorTerm]]


class NodeSelectorRequirement(TypedDict, total=False):
    key: Required[str]
    operator: Required[str]
    values: list[str]


class NodeSelectorTerm(TypedDict, total=False):
    matchExpressions: list[NodeSelectorRequirement]
    matchFields: list[NodeSelectorRequirement]


class Notebook(TypedDict, total=False):
    apiVersion: Required[Literal["kubeflow.org/v1"]]
    kind: Required[Literal["Notebook"]]
    metadata: Required[ObjectMeta]
    spec: Required[NotebookSpec]


class NotebookSpec(TypedDict, total=False):
    template: Required[NotebookTemplateSpec]


class NotebookTemplateSpec(TypedDict, total=False):
    spec: Required[PodSpec]


class ObjectFieldSelector(TypedDict, total=False):
    apiVersion: str
    fieldPath: Required[str]


class ObjectMeta(TypedDict, total=False):
    annotations: dict[str, str]
    labels: dict[str, str]
    name: str
    namespace: str


class ObjectReference(TypedDict, total=False):
    apiVersion: str
    fieldPath: str
    kind: str
    name: str
    namespace: str


class ParamKind(TypedDict, total=False):
    apiVersion: str
    kind: str


class ParamRef(TypedDict, total=False):
    name: str
    namespace: str
    parameterNotFoundAction: str
    selector: LabelSelector


class PersistentVolumeClaim(TypedDict, total=False):
    apiVersion: Required[Literal["v1"]]
    kind: Required[Literal["PersistentVolumeClaim"]]
    metadata: Required[ObjectMeta]
    spec: PersistentVolumeClaimSpec


class PersistentVolumeClaimSpec(TypedDict, total=False):
    accessModes: Required[list[str]]
    dataSource: TypedLocalObjectReference
    dataSourceRef: TypedObjectReference
    resources: Required[VolumeResourceRequirements]
    selector: LabelSelector
    storageClassName: str
    volumeAttributesClassName: str
    volumeMode: str
    volumeName: str


class PersistentVolumeClaimTemplate(TypedDict, total=False):
    metadata: ObjectMeta
    spec: Required[PersistentVolumeClaimSpec]


class PersistentVolumeClaimVolumeSource(TypedDict, total=False):
    claimName: Required[str]
    readOnly: bool


class PhotonPersistentDiskVolumeSource(TypedDict, total=False):
    fsType: str
    pdID: Required[str]


class PodAffinity(TypedDict, total=False):
    preferredDuringSchedulingIgnoredDuringExecution: list[WeightedPodAffinityTerm]
    requiredDuringSchedulingIgnoredDuringExecution: list[PodAffinityTerm]


class PodAffinityTerm(TypedDict, total=False):
    labelSelector: LabelSelector
    matchLabelKeys: list[str]
    mismatchLabelKeys: list[str]
    namespaceSelector: LabelSelector
    namespaces: list[str]
    topologyKey: Required[str]


class PodAntiAffinity(TypedDict, total=False):
    preferredDuringSchedulingIgnoredDuringExecution: list[WeightedPodAffinityTerm]
    requiredDuringSchedulingIgnoredDuringExecution: list[PodAffinityTerm]


class PodCertificateProjection(TypedDict, total=False):
    certificateChainPath: str
    credentialBundlePath: str
    keyPath: str
    keyType: Required[str]
    maxExpirationSeconds: int
    signerName: Required[str]
    user: int
    userAnnotations: dict[str, str]


class PodDNSConfig(TypedDict, total=False):
    nameservers: list[str]
    options: list[PodDNSConfigOption]
    searches: list[str]


class PodDNSConfigOption(TypedDict, total=False):
    name: Required[str]
    value: str


class PodDisruptionBudget(TypedDict, total=False):
    apiVersion: Required[Literal["policy/v1"]]
    kind: Required[Literal["PodDisruptionBudget"]]
    metadata: Required[ObjectMeta]
    spec: Required[PodDisruptionBudgetSpec]


class PodDisruptionBudgetSpec(TypedDict, total=False):
    maxUnavailable: int | str
    minAvailable: int | str
    selector: LabelSelector
    unhealthyPodEvictionPolicy: str


class PodOS(TypedDict, total=False):
    name: Required[str]


class PodReadinessGate(TypedDict, total=False):
    conditionType: Required[str]


class PodResourceClaim(TypedDict, total=False):
    name: Required[str]
    resourceClaimName: str
    resourceClaimTemplateName: str


class PodSchedulingGate(TypedDict, total=False):
    name: Required[str]


class PodSchedulingGroup(TypedDict, total=False):
    podGroupName: str


class PodSecurityContext(TypedDict, total=False):
    appArmorProfile: AppArmorProfile
    fsGroup: int
    fsGroupChangePolicy: str
    runAsGroup: int
    runAsNonRoot: bool
    runAsUser: int
    seLinuxChangePolicy: str
    seLinuxOptions: SELinuxOptions
    seccompProfile: SeccompProfile
    supplementalGroups: list[int]
    supplementalGroupsPolicy: str
    sysctls: list[Sysctl]
    windowsOptions: WindowsSecurityContextOptions


class PodSpec(TypedDict, total=False):
    activeDeadlineSeconds: int
    affinity: Affinity
    automountServiceAccountToken: bool
    containers: Required[list[Container]]
    dnsConfig: PodDNSConfig
    dnsPolicy: str
    enableServiceLinks: bool
    ephemeralContainers: list[EphemeralContainer]
    evictionResponders: list[EvictionResponder]
    hostAliases: list[HostAlias]
    hostIPC: bool
    hostNetwork: bool
    hostPID: bool
    hostUsers: bool
    hostname: str
    hostnameOverride: str
    imagePullSecrets: list[LocalObjectReference]
    initContainers: list[Container]
    nodeName: str
    nodeSelector: dict[str, str]
    os: PodOS
    overhead: dict[str, int | str]
    preemptionPolicy: str
    priority: int
    priorityClassName: str
    readinessGates: list[PodReadinessGate]
    resourceClaims: list[PodResourceClaim]
    resources: ResourceRequirements
    restartPolicy: str
    runtimeClassName: str
    schedulerName: str
    schedulingGates: list[PodSchedulingGate]
    schedulingGroup: PodSchedulingGroup
    securityContext: PodSecurityContext
    serviceAccount: str
    serviceAccountName: str
    setHostnameAsFQDN: bool
    shareProcessNamespace: bool
    subdomain: str
    terminationGracePeriodSeconds: int
    tolerations: list[Toleration]
    topologySpreadConstraints: list[TopologySpreadConstraint]
    volumes: list[Volume]


class PodTemplateSpec(TypedDict, total=False):
    metadata: Required[ObjectMeta]
    spec: Required[PodSpec]


class PolicyRule(TypedDict, total=False):
    apiGroups: list[str]
    nonResourceURLs: list[str]
    resourceNames: list[str]
    resources: list[str]
    verbs: Required[list[str]]


class PortworxVolumeSource(TypedDict, total=False):
    fsType: str
    readOnly: bool
    volumeID: Required[str]


class PreferredSchedulingTerm(TypedDict, total=False):
    preference: Required[NodeSelectorTerm]
    weight: Required[int]


class Probe(TypedDict, total=False):
    exec: ExecAction
    failureThreshold: int
    grpc: GRPCAction
    httpGet: HTTPGetAction
    initialDelaySeconds: int
    periodSeconds: int
    successThreshold: int
    tcpSocket: TCPSocketAction
    terminationGracePeriodSeconds: int
    timeoutSeconds: int


class ProjectedVolumeSource(TypedDict, total=False):
    defaultMode: int
    defaultUser: int
    sources: list[VolumeProjection]


class QuobyteVolumeSource(TypedDict, total=False):
    group: str
    readOnly: bool
    registry: Required[str]
    tenant: str
    user: str
    volume: Required[str]


class RBDVolumeSource(TypedDict, total=False):
    fsType: str
    image: Required[str]
    keyring: str
    monitors: Required[list[str]]
    pool: str
    readOnly: bool
    secretRef: LocalObjectReference
    user: str


class ResourceClaim(TypedDict, total=False):
    name: Required[str]
    request: str


class ResourceFieldSelector(TypedDict, total=False):
    containerName: str
    divisor: int | str
    resource: Required[str]


class ResourceQuota(TypedDict, total=False):
    apiVersion: Required[Literal["v1"]]
    kind: Required[Literal["ResourceQuota"]]
    metadata: Required[ObjectMeta]
    spec: ResourceQuotaSpec


class ResourceQuotaSpec(TypedDict, total=False):
    hard: dict[str, int | str]
    scopeSelector: ScopeSelector
    scopes: list[str]


class ResourceRequirements(TypedDict, total=False):
    claims: list[ResourceClaim]
    limits: dict[str, int | str]
    requests: dict[str, int | str]


class Role(TypedDict, total=False):
    apiVersion: Required[Literal["rbac.authorization.k8s.io/v1"]]
    kind: Required[Literal["Role"]]
    metadata: Required[ObjectMeta]
    rules: list[PolicyRule]


class RoleBinding(TypedDict, total=False):
    apiVersion: Required[Literal["rbac.authorization.k8s.io/v1"]]
    kind: Required[Literal["RoleBinding"]]
    metadata: Required[ObjectMeta]
    roleRef: Required[RoleRef]
    subjects: list[Subject]


class RoleRef(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]


class RollingUpdateDeployment(TypedDict, total=False):
    maxSurge: int | str
    maxUnavailable: int | str


class RollingUpdateStatefulSetStrategy(TypedDict, total=False):
    maxUnavailable: int | str
    partition: int


class Route(TypedDict, total=False):
    apiVersion: Required[Literal["route.openshift.io/v1"]]
    kind: Required[Literal["Route"]]
    metadata: Required[ObjectMeta]
    spec: Required[RouteSpec]


class RouteHTTPHeader(TypedDict, total=False):
    action: Required[RouteHTTPHeaderAction]
    name: Required[str]


class RouteHTTPHeaderAction(TypedDict, total=False):
    set: RouteSetHTTPHeader
    type: Required[str]


class RouteHTTPHeaderActions(TypedDict, total=False):
    request: list[RouteHTTPHeader]
    response: list[RouteHTTPHeader]


class RouteHTTPHeaders(TypedDict, total=False):
    actions: Required[RouteHTTPHeaderActions]


class RoutePort(TypedDict, total=False):
    targetPort: Required[int | str]


class RouteSecretReference(TypedDict, total=False):
    name: Required[str]


class RouteSetHTTPHeader(TypedDict, total=False):
    value: Required[str]


class RouteSpec(TypedDict, total=False):
    alternateBackends: list[RouteTargetReference]
    host: str
    httpHeaders: RouteHTTPHeaders
    path: str
    port: RoutePort
    subdomain: str
    tls: TLSConfig
    to: Required[RouteTargetReference]
    wildcardPolicy: str


class RouteTargetReference(TypedDict, total=False):
    kind: Required[Literal["Service"]]
    name: Required[str]
    weight: int


class SELinuxOptions(TypedDict, total=False):
    level: str
    role: str
    type: str
    user: str


class ScaleIOVolumeSource(TypedDict, total=False):
    fsType: str
    gateway: Required[str]
    protectionDomain: str
    readOnly: bool
    secretRef: Required[LocalObjectReference]
    sslEnabled: bool
    storageMode: str
    storagePool: str
    system: Required[str]
    volumeName: str


class ScopeSelector(TypedDict, total=False):
    matchExpressions: list[ScopedResourceSelectorRequirement]


class ScopedResourceSelectorRequirement(TypedDict, total=False):
    operator: Required[str]
    scopeName: Required[str]
    values: list[str]


class SeccompProfile(TypedDict, total=False):
    localhostProfile: str
    type: Required[str]


class Secret(TypedDict, total=False):
    apiVersion: Required[Literal["v1"]]
    data: dict[str, str]
    immutable: bool
    kind: Required[Literal["Secret"]]
    metadata: Required[ObjectMeta]
    stringData: dict[str, str]
    type: str


class SecretEnvSource(TypedDict, total=False):
    name: str
    optional: bool


class SecretKeySelector(TypedDict, total=False):
    key: Required[str]
    name: Required[str]
    optional: bool


class SecretProjection(TypedDict, total=False):
    items: list[KeyToPath]
    name: str
    optional: bool


class SecretVolumeSource(TypedDict, total=False):
    defaultMode: int
    defaultUser: int
    items: list[KeyToPath]
    optional: bool
    secretName: Required[str]


class SecurityContext(TypedDict, total=False):
    allowPrivilegeEscalation: bool
    appArmorProfile: AppArmorProfile
    capabilities: Capabilities
    privileged: bool
    procMount: str
    readOnlyRootFilesystem: bool
    runAsGroup: int
    runAsNonRoot: bool
    runAsUser: int
    seLinuxOptions: SELinuxOptions
    seccompProfile: SeccompProfile
    windowsOptions: WindowsSecurityContextOptions


class Service(TypedDict, total=False):
    apiVersion: Required[Literal["v1"]]
    kind: Required[Literal["Service"]]
    metadata: Required[ObjectMeta]
    spec: Required[ServiceSpec]


class ServiceAccount(TypedDict, total=False):
    apiVersion: Required[Literal["v1"]]
    automountServiceAccountToken: bool
    imagePullSecrets: list[LocalObjectReference]
    kind: Required[Literal["ServiceAccount"]]
    metadata: Required[ObjectMeta]
    secrets: list[ObjectReference]


class ServiceAccountTokenProjection(TypedDict, total=False):
    audience: str
    expirationSeconds: int
    path: Required[str]
    user: int


class ServiceBackendPort(TypedDict, total=False):
    name: str
    number: int


class ServicePort(TypedDict, total=False):
    appProtocol: str
    name: str
    nodePort: int
    port: Required[int]
    protocol: str
    targetPort: int | str


class ServiceSpec(TypedDict, total=False):
    allocateLoadBalancerNodePorts: bool
    clusterIP: str
    clusterIPs: list[str]
    externalIPs: list[str]
    externalName: str
    externalTrafficPolicy: str
    healthCheckNodePort: int
    internalTrafficPolicy: str
    ipFamilies: list[str]
    ipFamilyPolicy: str
    loadBalancerClass: str
    loadBalancerIP: str
    loadBalancerSourceRanges: list[str]
    ports: list[ServicePort]
    publishNotReadyAddresses: bool
    selector: dict[str, str]
    sessionAffinity: str
    sessionAffinityConfig: SessionAffinityConfig
    trafficDistribution: str
    type: str


class SessionAffinityConfig(TypedDict, total=False):
    clientIP: ClientIPConfig


class SleepAction(TypedDict, total=False):
    seconds: Required[int]


class StatefulSet(TypedDict, total=False):
    apiVersion: Required[Literal["apps/v1"]]
    kind: Required[Literal["StatefulSet"]]
    metadata: Required[ObjectMeta]
    spec: Required[StatefulSetSpec]


class StatefulSetOrdinals(TypedDict, total=False):
    start: int


class StatefulSetPersistentVolumeClaimRetentionPolicy(TypedDict, total=False):
    whenDeleted: str
    whenScaled: str


class StatefulSetSpec(TypedDict, total=False):
    minReadySeconds: int
    ordinals: StatefulSetOrdinals
    persistentVolumeClaimRetentionPolicy: StatefulSetPersistentVolumeClaimRetentionPolicy
    podManagementPolicy: str
    replicas: int
    revisionHistoryLimit: int
    selector: Required[LabelSelector]
    serviceName: str
    template: Required[PodTemplateSpec]
    updateStrategy: StatefulSetUpdateStrategy
    volumeClaimTemplates: list[PersistentVolumeClaim]


class StatefulSetUpdateStrategy(TypedDict, total=False):
    rollingUpdate: RollingUpdateStatefulSetStrategy
    type: str


class StorageOSVolumeSource(TypedDict, total=False):
    fsType: str
    readOnly: bool
    secretRef: LocalObjectReference
    volumeName: str
    volumeNamespace: str


class Subject(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]
    namespace: str


class Sysctl(TypedDict, total=False):
    name: Required[str]
    value: Required[str]


class TCPSocketAction(TypedDict, total=False):
    host: str
    port: Required[int | str]


class TLSConfig(TypedDict, total=False):
    caCertificate: str
    certificate: str
    destinationCACertificate: str
    externalCertificate: RouteSecretReference
    insecureEdgeTerminationPolicy: str
    key: str
    termination: Required[str]


class TagImportPolicy(TypedDict, total=False):
    importMode: str
    insecure: bool
    scheduled: bool


TagReference = TypedDict(
    "TagReference",
    {
        "annotations": "dict[str, str]",
        "from": "TagSource",
        "importPolicy": "TagImportPolicy",
        "name": "Required[str]",
        "reference": "bool",
        "referencePolicy": "TagReferencePolicy",
    },
    total=False,
)


class TagReferencePolicy(TypedDict, total=False):
    type: Required[str]


class TagSource(TypedDict, total=False):
    kind: Required[Literal["DockerImage"]]
    name: Required[str]
    namespace: str


class Toleration(TypedDict, total=False):
    effect: str
    key: str
    operator: str
    tolerationSeconds: int
    value: str


class TopologySpreadConstraint(TypedDict, total=False):
    labelSelector: LabelSelector
    matchLabelKeys: list[str]
    maxSkew: Required[int]
    minDomains: int
    nodeAffinityPolicy: str
    nodeTaintsPolicy: str
    topologyKey: Required[str]
    whenUnsatisfiable: Required[str]


class TypedLocalObjectReference(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]


class TypedObjectReference(TypedDict, total=False):
    apiGroup: str
    kind: Required[str]
    name: Required[str]
    namespace: str


class ValidatingAdmissionPolicy(TypedDict, total=False):
    apiVersion: Required[Literal["admissionregistration.k8s.io/v1"]]
    kind: Required[Literal["ValidatingAdmissionPolicy"]]
    metadata: Required[ObjectMeta]
    spec: ValidatingAdmissionPolicySpec


class ValidatingAdmissionPolicyBinding(TypedDict, total=False):
    apiVersion: Required[Literal["admissionregistration.k8s.io/v1"]]
    kind: Required[Literal["ValidatingAdmissionPolicyBinding"]]
    metadata: Required[ObjectMeta]
    spec: Required[ValidatingAdmissionPolicyBindingSpec]


class ValidatingAdmissionPolicyBindingSpec(TypedDict, total=False):
    matchResources: MatchResources
    paramRef: ParamRef
    policyName: Required[str]
    validationActions: Required[list[str]]


class ValidatingAdmissionPolicySpec(TypedDict, total=False):
    auditAnnotations: list[AuditAnnotation]
    failurePolicy: str
    matchConditions: list[MatchCondition]
    matchConstraints: MatchResources
    paramKind: ParamKind
    validations: list[Validation]
    variables: list[Variable]


class Validation(TypedDict, total=False):
    expression: Required[str]
    message: str
    messageExpression: str
    reason: str


class Variable(TypedDict, total=False):
    expression: Required[str]
    name: Required[str]


class Volume(TypedDict, total=False):
    awsElasticBlockStore: AWSElasticBlockStoreVolumeSource
    azureDisk: AzureDiskVolumeSource
    azureFile: AzureFileVolumeSource
    cephfs: CephFSVolumeSource
    cinder: CinderVolumeSource
    configMap: ConfigMapVolumeSource
    csi: CSIVolumeSource
    downwardAPI: DownwardAPIVolumeSource
    emptyDir: EmptyDirVolumeSource
    ephemeral: EphemeralVolumeSource
    fc: FCVolumeSource
    flexVolume: FlexVolumeSource
    flocker: FlockerVolumeSource
    gcePersistentDisk: GCEPersistentDiskVolumeSource
    gitRepo: GitRepoVolumeSource
    glusterfs: GlusterfsVolumeSource
    hostPath: HostPathVolumeSource
    image: ImageVolumeSource
    iscsi: ISCSIVolumeSource
    name: Required[str]
    nfs: NFSVolumeSource
    persistentVolumeClaim: PersistentVolumeClaimVolumeSource
    photonPersistentDisk: PhotonPersistentDiskVolumeSource
    portworxVolume: PortworxVolumeSource
    projected: ProjectedVolumeSource
    quobyte: QuobyteVolumeSource
    rbd: RBDVolumeSource
    scaleIO: ScaleIOVolumeSource
    secret: SecretVolumeSource
    storageos: StorageOSVolumeSource
    vsphereVolume: VsphereVirtualDiskVolumeSource


class VolumeDevice(TypedDict, total=False):
    devicePath: Required[str]
    name: Required[str]


class VolumeMount(TypedDict, total=False):
    bindMountOptions: list[str]
    mountPath: Required[str]
    mountPropagation: str
    name: Required[str]
    readOnly: bool
    recursiveReadOnly: str
    subPath: str
    subPathExpr: str


class VolumeProjection(TypedDict, total=False):
    clusterTrustBundle: ClusterTrustBundleProjection
    configMap: ConfigMapProjection
    downwardAPI: DownwardAPIProjection
    podCertificate: PodCertificateProjection
    secret: SecretProjection
    serviceAccountToken: ServiceAccountTokenProjection


class VolumeResourceRequirements(TypedDict, total=False):
    limits: dict[str, int | str]
    requests: Required[dict[str, int | str]]


class VsphereVirtualDiskVolumeSource(TypedDict, total=False):
    fsType: str
    storagePolicyID: str
    storagePolicyName: str
    volumePath: Required[str]


class WeightedPodAffinityTerm(TypedDict, total=False):
    podAffinityTerm: Required[PodAffinityTerm]
    weight: Required[int]


class WindowsSecurityContextOptions(TypedDict, total=False):
    gmsaCredentialSpec: str
    gmsaCredentialSpecName: str
    hostProcess: bool
    runAsUserName: str
