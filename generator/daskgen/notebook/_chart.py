"""List the values that the zero-to-jupyterhub chart has, where its documentation names all of them.

https://z2jh.jupyter.org/en/stable/resources/reference.html, 4.x. The chart refuses others. What is below a path that is
not in the table is free, such as `hub.config`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.paths import Path

IMAGE = "name tag pullPolicy pullSecrets"
PDB = "enabled maxUnavailable minAvailable"
ACCOUNT = "create name annotations"
STRATEGY = "rollingUpdate type"
AFFINITY = "required preferred"
HOOKS = "postStart preStop"
RULES = (
    "cloudMetadataServer dnsPortsCloudMetadataServer dnsPortsKubeSystemNamespace dnsPortsPrivateIPs nonPrivateIPs "
    "privateIPs"
)
POLICY = "enabled ingress egress egressAllowRules interNamespaceAccessLabels allowedIngressPorts"
PLACED = "revisionHistoryLimit networkPolicy pdb nodeSelector tolerations containerSecurityContext image resources"

CHART: Mapping[str, str] = {
    "": "cull custom debug enabled fullnameOverride global httpRoute hub imagePullSecret imagePullSecrets ingress "
    "nameOverride prePuller proxy rbac scheduling singleuser",
    "cull": "enabled users adminUsers removeNamedServers timeout every concurrency maxAge",
    "debug": "enabled",
    "hub": f"{PLACED} config extraFiles baseUrl command args cookieSecret db labels initContainers extraEnv "
    "extraConfig fsGid service existingSecret activeServerLimit allowNamedServers annotations authenticatePrometheus "
    "concurrentSpawnLimit consecutiveFailureLimit podSecurityContext deploymentStrategy extraContainers "
    "extraVolumeMounts extraVolumes livenessProbe readinessProbe namedServerLimitPerUser redirectToServer lifecycle "
    "services loadRoles shutdownOnLogout templatePaths templateVars serviceAccount extraPodSpec",
    "hub.db": "type pvc upgrade url password",
    "hub.db.pvc": "annotations selector storage accessModes storageClassName subPath",
    "hub.deploymentStrategy": STRATEGY,
    "hub.image": IMAGE,
    "hub.lifecycle": HOOKS,
    "hub.networkPolicy": POLICY,
    "hub.networkPolicy.egressAllowRules": RULES,
    "hub.pdb": PDB,
    "hub.service": "type ports annotations extraPorts loadBalancerIP",
    "hub.service.ports": "nodePort",
    "hub.serviceAccount": ACCOUNT,
    "ingress": "enabled annotations ingressClassName hosts pathSuffix pathType tls",
    "prePuller": "revisionHistoryLimit labels annotations resources extraTolerations hook continuous "
    "pullProfileListImages extraImages containerSecurityContext pause",
    "prePuller.continuous": "enabled",
    "prePuller.hook": "enabled pullOnlyOnChanges podSchedulingWaitDuration nodeSelector tolerations "
    "containerSecurityContext image resources serviceAccount",
    "prePuller.hook.image": IMAGE,
    "prePuller.hook.serviceAccount": ACCOUNT,
    "prePuller.pause": "containerSecurityContext image",
    "prePuller.pause.image": IMAGE,
    "proxy": "chp secretToken service https traefik labels annotations deploymentStrategy secretSync",
    "proxy.chp": f"{PLACED} extraCommandLineFlags extraEnv livenessProbe readinessProbe defaultTarget errorTarget "
    "extraPodSpec",
    "proxy.chp.image": IMAGE,
    "proxy.chp.networkPolicy": POLICY,
    "proxy.chp.networkPolicy.egressAllowRules": RULES,
    "proxy.chp.pdb": PDB,
    "proxy.deploymentStrategy": STRATEGY,
    "proxy.https": "enabled type letsencrypt manual secret hosts",
    "proxy.https.letsencrypt": "contactEmail acmeServer",
    "proxy.https.manual": "key cert",
    "proxy.https.secret": "name key crt",
    "proxy.secretSync": "containerSecurityContext image resources",
    "proxy.secretSync.image": IMAGE,
    "proxy.service": "type labels annotations nodePorts disableHttpPort extraPorts loadBalancerIP "
    "loadBalancerSourceRanges",
    "proxy.service.nodePorts": "http https",
    "proxy.traefik": f"{PLACED} labels extraInitContainers extraEnv extraDynamicConfig extraPorts extraStaticConfig "
    "extraVolumes extraVolumeMounts hsts serviceAccount extraPodSpec",
    "proxy.traefik.hsts": "includeSubdomains maxAge preload",
    "proxy.traefik.image": IMAGE,
    "proxy.traefik.networkPolicy": POLICY,
    "proxy.traefik.networkPolicy.egressAllowRules": RULES,
    "proxy.traefik.pdb": PDB,
    "proxy.traefik.serviceAccount": ACCOUNT,
    "rbac": "enabled create",
    "scheduling": "userScheduler podPriority userPlaceholder corePods userPods",
    "scheduling.corePods": "tolerations nodeAffinity",
    "scheduling.corePods.nodeAffinity": "matchNodePurpose",
    "scheduling.podPriority": "enabled globalDefault defaultPriority imagePullerPriority userPlaceholderPriority",
    "scheduling.userPlaceholder": "enabled image revisionHistoryLimit replicas labels annotations resources "
    "containerSecurityContext",
    "scheduling.userPlaceholder.image": IMAGE,
    "scheduling.userPods": "tolerations nodeAffinity",
    "scheduling.userPods.nodeAffinity": "matchNodePurpose",
    "scheduling.userScheduler": "enabled revisionHistoryLimit replicas image pdb nodeSelector tolerations labels "
    "annotations containerSecurityContext logLevel plugins pluginConfig resources serviceAccount extraPodSpec",
    "scheduling.userScheduler.image": IMAGE,
    "scheduling.userScheduler.pdb": PDB,
    "scheduling.userScheduler.serviceAccount": ACCOUNT,
    "singleuser": "networkPolicy podNameTemplate cpu memory image initContainers profileList extraFiles extraEnv "
    "nodeSelector extraTolerations extraNodeAffinity extraPodAffinity extraPodAntiAffinity cloudMetadata cmd "
    "defaultUrl events extraAnnotations extraContainers extraLabels extraPodConfig extraResource fsGid lifecycleHooks "
    "networkTools serviceAccountName startTimeout storage allowPrivilegeEscalation uid",
    "singleuser.cloudMetadata": "blockWithIptables ip",
    "singleuser.cpu": "limit guarantee",
    "singleuser.extraNodeAffinity": AFFINITY,
    "singleuser.extraPodAffinity": AFFINITY,
    "singleuser.extraPodAntiAffinity": AFFINITY,
    "singleuser.extraResource": "guarantees limits",
    "singleuser.image": IMAGE,
    "singleuser.lifecycleHooks": HOOKS,
    "singleuser.memory": "limit guarantee",
    "singleuser.networkPolicy": POLICY,
    "singleuser.networkPolicy.egressAllowRules": RULES,
    "singleuser.networkTools": "image resources",
    "singleuser.networkTools.image": IMAGE,
    "singleuser.storage": "capacity dynamic extraLabels extraVolumeMounts extraVolumes homeMountPath static type",
    "singleuser.storage.dynamic": "pvcNameTemplate storageAccessModes storageClass volumeNameTemplate",
    "singleuser.storage.static": "pvcName subPath",
}
"""Path of a map of values to the names in it."""


def find_unknown(values: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, list[str]]]:
    """Find the paths of values that the chart does not have, and the names that it has there."""
    known = CHART.get(".".join(map(str, path)))
    if known is None:
        return
    names = sorted(known.split())
    for key, value in values.items():
        if key not in names:
            yield (*path, key), names
        elif isinstance(value, Mapping):
            yield from find_unknown(value, (*path, key))
