"""Build every object of a cluster, complete, under short names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from daskgen.autoscaler import Scaling
from daskgen.autoscaler import Site as ScaledSite
from daskgen.cni import separate
from daskgen.delivery import keep
from daskgen.engine import Parts
from daskgen.expose import admit_origins
from daskgen.kubernetes.deletion import is_kept
from daskgen.kubernetes.objects import Object, Resource, resource
from daskgen.kubernetes.scanners import waive
from daskgen.kubernetes.services import SERVICES
from daskgen.layers.truth import Identity, personalize
from daskgen.notebook import Neighbour, OwnClusters
from daskgen.parts.context import PodContext
from daskgen.parts.endpoint import Endpoint
from daskgen.parts.monitoring import Site as MonitoringSite
from daskgen.parts.monitoring import count_workers
from daskgen.parts.namespace import NamespaceFacts
from daskgen.paths import get, put
from daskgen.spec.base import Base
from daskgen.spec.cluster import Cluster

SHARED = ("default-deny", "operator", "clients", "monitoring", "egress")
"""Policies that are the same for the clusters of all users of a hub."""


def build(cluster: Cluster, own: OwnClusters | None = None) -> list[Resource]:
    """Build the cluster's objects: its namespace, those of the engine, and its exposures. Patches come later.

    `own` are the clusters of a hub's users, which are described by objects that `build` gives without it.
    """
    found = _build_objects(cluster, own)
    apart = [part for made in found for part in separate(made, cluster.cni, cluster.name, cluster.platform)]
    built = [_choose_families(cluster, made) for made in apart]
    kept = [made._replace(body=keep(made.body) if is_kept(made.body) else waive(made.body)) for made in built]
    return [made._replace(template=_is_template(made)) for made in kept] if cluster.is_template else kept


def _is_template(made: Resource) -> bool:
    """Return whether users of a hub create objects like it: a cluster, and the policies of each cluster."""
    return made.kind == "DaskCluster" or (made.kind == "NetworkPolicy" and made.key[1] not in SHARED)


def describe_own(cluster: Cluster, resources: Sequence[Resource]) -> OwnClusters | None:
    """Describe the clusters that a hub's users create, by all objects of the spec; None if its engine has none."""
    identity = Identity(cluster.name, cluster.namespace.name, cluster.image.reference)
    full = [made.body for made in personalize(resources, identity) if made.template]
    found = next((body for body in full if body["kind"] == "DaskCluster"), None)
    if not found:
        return None
    most = max(group.replicas.max for group in cluster.workers)
    return OwnClusters(found, tuple(map(_shorten, (body for body in full if body is not found))), most)


def _shorten(policy: Object) -> Object:
    """Leave of a policy what it does; the hub completes its name."""
    return {**policy, "metadata": {"name": policy["metadata"]["name"]}}


def _build_objects(cluster: Cluster, own: OwnClusters | None) -> list[Resource]:
    exposed = (cluster.expose.dashboard, cluster.expose.scheduler)
    dashboard, scheduler = (part.endpoint(cluster.site) for part in exposed)
    neighbour = describe_neighbour(cluster, dashboard)._replace(own=own)
    notebooks = [(("notebooks", index), notebook) for index, notebook in enumerate(cluster.notebooks)]
    origins = [origin for path, notebook in notebooks for origin in notebook.find_origins(neighbour, path)]
    shown = replace(dashboard, config=admit_origins(dashboard.config, origins))
    scaling = _scale(cluster)
    return [
        *cluster.namespace.resources(_find_facts(cluster)),
        *_create_claims(cluster),
        *(secret.resource(index) for index, secret in enumerate(cluster.secrets)),
        *(cluster.tls.resources(cluster.name, cluster.namespace.name) if cluster.tls else []),
        *cluster.engine.resources(_assemble(cluster, shown, scaling)),
        *scaling.resources,
        *dashboard.resources,
        *scheduler.resources,
        *(made for path, notebook in notebooks for made in notebook.resources(neighbour, path)),
        *_watch(cluster, dashboard),
    ]


def _choose_families(cluster: Cluster, made: Resource) -> Resource:
    """Give a Service, or one that the operator creates, the IP families of the cluster."""
    place, families = SERVICES.get(made.kind), cluster.network.describe_families()
    if not place or not families:
        return made
    return made._replace(body=put(made.body, place, {**get(made.body, place), **families}))


def describe_neighbour(cluster: Cluster, dashboard: Endpoint) -> Neighbour:
    """Describe a cluster to its notebooks; `dashboard` is how its dashboard is exposed."""
    namespace = cluster.namespace.name
    neighbour = Neighbour(
        name=cluster.name,
        namespace=namespace,
        context=_find_context(cluster),
        dashboard=dashboard,
        isolated=cluster.network.isolation,
        is_template=cluster.is_template,
    )
    tls = cluster.tls
    return neighbour._replace(certify=partial(tls.certify, cluster.name, namespace)) if tls else neighbour


def _scale(cluster: Cluster) -> Scaling:
    if not cluster.engine.autoscaled:
        return Scaling()
    site = ScaledSite(cluster.name, cluster.namespace.name, cluster.network, cluster.workers)
    return cluster.autoscaler.scaling(site)


def _watch(cluster: Cluster, dashboard: Endpoint) -> list[Resource]:
    if not cluster.monitored:
        return []
    site = MonitoringSite(
        cluster=cluster.name,
        namespace=cluster.namespace.name,
        prefix=dashboard.prefix,
        secure=bool(dashboard.certificate),
        encrypted=cluster.tls is not None,
        renew_before=cluster.tls.renewed if cluster.tls else None,
        workers=count_workers(cluster.workers),
        ends=cluster.kind == "DaskJob" or not cluster.scheduler.replicas,
    )
    return cluster.monitored.resources(site)


def _find_facts(cluster: Cluster) -> NamespaceFacts:
    claims = (volume.persistent_volume_claim for _, volume in cluster.find_volumes())
    keeps = any(claim and claim.create and claim.create.when_deleted == "Retain" for claim in claims)
    return NamespaceFacts(cluster.least_level, keeps)


def _create_claims(cluster: Cluster) -> Iterator[Resource]:
    """Create each claim once, also where pods of several parts mount it."""
    created = set[str]()
    for path, volume in cluster.find_volumes():
        claim = volume.persistent_volume_claim
        if claim and claim.create and volume.name not in created:
            created.add(volume.name)
            place = (*path, "persistentVolumeClaim", "create")
            yield resource(claim.create.build(volume.name), f"claim-{volume.name}.yaml", *place)


def _assemble(cluster: Cluster, dashboard: Endpoint, scaling: Scaling) -> Parts:
    preload = (*scaling.preload, *cluster.scheduler.preload)
    return Parts(
        context=_find_context(cluster),
        scheduler=cluster.scheduler.model_copy(update={"preload": preload}),
        workers=cluster.workers,
        job=cluster.job,
        network=cluster.network.model_copy(update={"monitoring": cluster.watchers}),
        config=cluster.config,
        endpoint=dashboard,
        scaled=frozenset(group.name for group in cluster.workers if cluster.autoscaler.scales(group)),
        notebooks=cluster.workbenches,
        template=cluster.is_template,
    )


def _find_context(cluster: Cluster) -> PodContext:
    return PodContext(
        platform=cluster.platform,
        image=cluster.image,
        env=cluster.env,
        labels={**cluster.service_account.labels, **cluster.labels},
        account=cluster.service_account,
        encryption=cluster.encryption,
        packages=cluster.packages if cluster.packages and cluster.packages.at_start else None,
        existing=cluster.scheduler.find_existing(cluster.namespace.name),
        has_only_ipv6=cluster.network.has_only_ipv6,
    )


@cache
def build_base(base: Base) -> tuple[Resource, ...]:
    """Build the objects of a cluster that sets only the fields which determine its base."""
    said: dict[str, Any] = {"engine": base.engine, "platform": base.platform, "workers": [{}]}
    if base.kind == "DaskJob":
        said |= {"kind": base.kind, "job": {"command": ["python"]}}
    if base.kind == "JupyterHub":
        said |= {"kind": base.kind}
    built = build(Cluster.model_validate({"name": "base", "namespace": "base", "image": "dask", **said}))
    return tuple(made for made in built if not made.template)
