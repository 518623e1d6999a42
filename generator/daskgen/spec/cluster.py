"""Define the spec of a Dask cluster, `clusters/NAME.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from daskgen import autoscaler, cni, engine, notebook, secret
from daskgen.autoscaler import Autoscaler
from daskgen.autoscaler.none import NoAutoscaler
from daskgen.cni import Cni
from daskgen.delivery import GITOPS
from daskgen.engine import Engine, deployments
from daskgen.expose import Exposure
from daskgen.kubernetes.pod_security import LEVELS, Level
from daskgen.model import Items, Model, Name, refuse
from daskgen.model.patterns import SERVICE_NAME
from daskgen.model.variants import OneOf
from daskgen.notebook import Notebook
from daskgen.operator.install import INSTANCE
from daskgen.parts.account import ServiceAccount, ServiceAccountField
from daskgen.parts.endpoint import Site
from daskgen.parts.environment import Environment
from daskgen.parts.groups import Chart
from daskgen.parts.handover import Handover, HandoverField
from daskgen.parts.image import Image, ImageField
from daskgen.parts.job import Job
from daskgen.parts.monitoring import Monitoring
from daskgen.parts.namespace import NamespaceField
from daskgen.parts.network import Network
from daskgen.parts.opening import TO_DASHBOARD, TO_SCHEDULER, ExposedPort
from daskgen.parts.packages import Packages
from daskgen.parts.pods import Pod, PodLabels
from daskgen.parts.scheduler import Scheduler
from daskgen.parts.security import Platform
from daskgen.parts.storage import Volume
from daskgen.parts.tls import Encryption
from daskgen.parts.workers import WorkerGroup
from daskgen.paths import Path
from daskgen.secret import DeliveredSecret
from daskgen.spec.base import Base, Kind
from daskgen.spec.changes import Patch, Waiver
from daskgen.spec.exposures import Expose
from daskgen.spec.tls import Tls

API_VERSION: Literal["daskgen/v1"] = "daskgen/v1"

RESERVED = (GITOPS, INSTANCE)
"""Names of folders under overlays/ that are not clusters."""

ENGINES = OneOf(engine, Engine)
AUTOSCALERS = OneOf(autoscaler, Autoscaler)
NOTEBOOKS = OneOf(notebook, Notebook)
CNIS = OneOf(cni, Cni)
SECRETS = OneOf(secret, DeliveredSecret)


def _check_name(name: str) -> str:
    if name in RESERVED:
        raise refuse(f"{name} is reserved for another folder of overlays/", "choose another name")
    return name


class Cluster(Model):
    """A Dask cluster: where it runs, what it runs, and who may connect to it."""

    api_version: Annotated[Literal["daskgen/v1"], Field(description="Version of this format.")] = API_VERSION
    name: Annotated[
        str,
        Field(
            pattern=SERVICE_NAME,
            max_length=40,
            description="Name of the cluster; the file's name by default.",
        ),
        AfterValidator(_check_name),
    ]
    renamed_from: Annotated[
        Name | None, Field(description="Name of the cluster that this one replaces, which may be deleted.")
    ] = None
    kind: Annotated[
        Kind,
        Field(
            description="DaskCluster: runs until it is deleted. DaskJob: runs one job. JupyterHub: users of the hub in "
            "`notebooks` each create such a cluster by `KubeCluster()`, with `replicas.max` workers at most."
        ),
    ] = "DaskCluster"
    profile: Annotated[Name | None, Field(description="Name of a profile in daskgen.yaml.")] = None
    platform: Annotated[Platform, Field(description="Kind of Kubernetes cluster.")] = "kubernetes"
    cni: Annotated[
        Annotated[Cni, CNIS] | None,
        Field(description="Network plug-in of the Kubernetes cluster, if it admits targets by their names."),
    ] = None
    engine: Annotated[
        Engine, ENGINES, Field(default_factory=deployments.Deployments, description="Engine that creates the pods.")
    ]
    autoscaler: Annotated[
        Autoscaler,
        AUTOSCALERS,
        Field(default_factory=NoAutoscaler, description="What sets the number of workers where `replicas` is a range."),
    ]
    labels: Annotated[
        PodLabels, Field(description="Labels of all pods of the cluster and of what creates them, such as a team's.")
    ] = {}
    namespace: Annotated[NamespaceField, Field(examples=["analytics"], description="Namespace of the objects.")]
    image: Annotated[
        ImageField, Field(examples=["ghcr.io/dask/dask:2026.8.0-py3.12"], description="Image of scheduler and workers.")
    ]
    packages: Annotated[
        Packages | None, Field(description="Packages that the image holds besides Dask; `daskgen image` builds it.")
    ] = None
    scheduler: Annotated[Scheduler, Field(default_factory=Scheduler, description="The scheduler.")]
    workers: Annotated[
        Items[WorkerGroup],
        Field(
            examples=[[{"replicas": 2}]],
            min_length=1,
            max_length=50,
            description="Groups of workers, each with the same options.",
        ),
    ]
    job: Annotated[Job | None, Field(description="Job of a DaskJob; the cluster is deleted when the job ends.")] = None
    tls: Annotated[
        Tls | None, Field(description="TLS between scheduler, workers and clients, who then need a certificate.")
    ] = None
    expose: Annotated[Expose, Field(default_factory=Expose, description="Exposure to the outside.")]
    service_account: Annotated[
        ServiceAccountField,
        Field(
            default_factory=ServiceAccount, description="Service account of the pods, or the name of one that exists."
        ),
    ]
    secrets: Annotated[
        Items[Annotated[DeliveredSecret, SECRETS]],
        Field(description="Secrets that come with the cluster, by reference to a vault or encrypted."),
    ] = ()
    env: Annotated[Environment, Field(description="Environment variables of scheduler and workers.")] = {}
    config: Annotated[
        dict[str, Any], Field(description="Dask's own configuration, in the format of its documentation.")
    ] = {}
    network: Annotated[
        Network, Field(default_factory=Network, description="Allowed connections to the cluster and from it.")
    ]
    monitoring: Annotated[
        Monitoring | None, Field(description="Metrics, alerts and a dashboard, by the Prometheus operator.")
    ] = None
    notebooks: Annotated[
        Items[Annotated[Notebook, NOTEBOOKS]],
        Field(description="Notebooks beside the cluster, where `Client()` without arguments connects to it."),
    ] = ()
    delivery: Annotated[
        HandoverField,
        Field(
            default_factory=Handover,
            description="Delivery of the cluster by the fleet's engine; none if people apply it.",
        ),
    ]
    patches: Annotated[Items[Patch], Field(description="Changes to rendered objects.")] = ()
    waive: Annotated[Items[Waiver], Field(description="Rules that are waived.")] = ()

    @property
    def base(self) -> Base:
        """Return the base of its overlay."""
        return Base(self.engine.kind, self.platform, self.kind)

    @property
    def is_template(self) -> bool:
        """Return whether its pods are those of clusters that users of a hub create."""
        return self.kind == "JupyterHub"

    @property
    def encryption(self) -> Encryption | None:
        """How its processes encrypt what they send; None if they do not."""
        return self.tls.encrypt(self.name) if self.tls else None

    @property
    def site(self) -> Site:
        """The facts about it that its exposures depend on."""
        return Site(
            cluster=self.name,
            isolated=self.network.isolation,
            encrypted=self.tls is not None,
            namespace=self.namespace.name,
            platform=self.platform,
            labels=self.labels,
            hubs=tuple(filter(None, (each.describe_hub(self.namespace.name) for each in self.notebooks))),
        )

    @property
    def workbenches(self) -> dict[str, str]:
        """Return the labels of workbenches that are clients by default; none if `notebooks` says which of them are."""
        return {} if any(each.kind == "rhods" for each in self.notebooks) else self.namespace.notebooks

    @property
    def monitored(self) -> Monitoring | None:
        """Return the options of its monitoring; None if it is not enabled."""
        return self.monitoring if self.monitoring and self.monitoring.enabled else None

    @property
    def watchers(self) -> str | None:
        """Return the namespace of the Prometheus that reads its metrics; None if the spec does not name one."""
        return (self.monitored and self.monitored.namespace) or self.network.monitoring

    @property
    def follows_work(self) -> bool:
        """Return whether an autoscaler of the spec asks its scheduler how many workers are needed."""
        able = self.engine.autoscaled and self.autoscaler.follows_work
        return able and any(group.replicas.vary for group in self.workers)

    def find_pods(self) -> Iterator[tuple[Path, Pod]]:
        """Find the options of every pod, and their places in the spec."""
        if not self.scheduler.address:
            yield ("scheduler",), self.scheduler
        for index, group in enumerate(self.workers):
            yield ("workers", index), group
        if self.job:
            yield ("job",), self.job
        for index, each in enumerate(self.notebooks):
            if isinstance(each, Pod):
                yield ("notebooks", index), each

    def find_volumes(self) -> Iterator[tuple[Path, Volume]]:
        """Find the volumes of every pod, and their places in the spec."""
        for path, pod in self.find_pods():
            yield from (((*path, "volumes", index), volume) for index, volume in enumerate(pod.volumes))
        for index, each in enumerate(self.notebooks):
            yield from ((("notebooks", index, *place), volume) for place, volume in each.find_volumes())

    def find_notebook_images(self) -> Iterator[tuple[Path, Image]]:
        """Find the images that others run for notebooks, and their places in the spec."""
        for index, each in enumerate(self.notebooks):
            yield from ((("notebooks", index, *place), image) for place, image in each.find_images())

    def find_charts(self) -> Iterator[Chart]:
        """Find the Helm charts that the fleet's engine installs for notebooks."""
        client = self.expose.dashboard.endpoint(self.site).client
        for each in self.notebooks:
            chart = each.describe_chart(self.name, self.namespace.name)
            if chart:
                is_served = client and client.hub == each.object_name
                yield chart._replace(tokens=(client.token_key,)) if client and is_served else chart

    def find_exposures(self) -> Iterator[tuple[Exposure, ExposedPort]]:
        """Find all that exposes a part of the cluster, and the part."""
        yield self.expose.dashboard, TO_DASHBOARD
        yield self.expose.scheduler, TO_SCHEDULER
        found = (each.find_exposure(("notebooks", index)) for index, each in enumerate(self.notebooks))
        yield from filter(None, found)

    @property
    def least_level(self) -> Level:
        """Return the strictest level of Pod Security that admits its volumes."""
        return min((volume.level for _, volume in self.find_volumes()), key=LEVELS.index, default="restricted")
