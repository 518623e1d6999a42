"""Run one JupyterLab beside the cluster, whose notebooks find the scheduler and the dashboard by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, final

from pydantic import Field, model_validator

from daskgen import expose
from daskgen.expose import UNKNOWN, DashboardExposure, Exposure, find_origin, none
from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import SCHEDULER, notebook, selecting
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.kubernetes.ports import Port
from daskgen.model import FromAmount, FromText, Items, Model, ObjectName, refuse
from daskgen.model.patterns import ENTRY
from daskgen.model.variants import OneOf
from daskgen.notebook import Address, Neighbour, Notebook
from daskgen.notebook._server import HOME, PASSWORD, SETTINGS, TOKEN, Server, reach, show_dashboard
from daskgen.parts.claims import NewClaim
from daskgen.parts.endpoint import Endpoint, Site
from daskgen.parts.opening import ExposedPort
from daskgen.parts.pods import Pod
from daskgen.parts.policies import Egress, admit, policy, tcp
from daskgen.parts.resources import LittleMemory, LittleScratch
from daskgen.parts.storage import Volume
from daskgen.parts.tls import Role
from daskgen.paths import Path

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Container, NetworkPolicy, PodTemplateSpec, Service, StatefulSet

NAME = "jupyter"

GRACE = 30
"""Seconds that the server gets to end its kernels: the default of Kubernetes."""

EXPOSURES = OneOf(expose, DashboardExposure)


class Entry(Model):
    """An entry of a Secret that exists."""

    secret: Annotated[ObjectName, Field(examples=["jupyter-login"], description="Name of the Secret.")]
    key: Annotated[str, Field(pattern=ENTRY, description="Entry of the Secret.")] = "token"


EntryField = Annotated[Entry, FromText(lambda name: {"secret": name})]


class Culling(Model):
    """When kernels that do nothing are ended: Jupyter's own settings of these names."""

    idle_timeout: Annotated[
        int, Field(ge=0, le=1 << 31, description="Seconds without work after which a kernel ends; 0 keeps all.")
    ] = 3600
    connected: Annotated[bool, Field(description="End kernels whose notebook is open in a browser, too.")] = False

    def options(self) -> list[str]:
        """Return the options of the server."""
        manager = "--MappingKernelManager.cull"
        return [f"{manager}_idle_timeout={self.idle_timeout}", f"{manager}_connected={self.connected}"]


@final
class Jupyter(Pod, Notebook):
    """One JupyterLab for those who know its token or password: whoever is in can run any code on the cluster."""

    role: ClassVar[Role] = "client"

    kind: Literal["jupyter"]
    token: Annotated[
        EntryField | None,
        Field(description="Secret with the token that the server asks for, in its entry token; or {secret, key}."),
    ] = None
    password: Annotated[
        EntryField | None,
        Field(
            description="Secret with the hash of a password, instead of a token: what "
            "`jupyter_server.auth.passwd()` returns."
        ),
    ] = None
    memory: LittleMemory = None
    scratch: LittleScratch = None
    storage: Annotated[
        Annotated[NewClaim, FromAmount("size")] | None,
        Field(
            description="Size of the claim that holds the home folder, /home/jovyan; 10Gi by default. A volume that is "
            "mounted there takes its place.",
        ),
    ] = None
    culling: Annotated[Culling, Field(default_factory=Culling, description="End of idle kernels.")]
    expose: Annotated[
        Exposure, EXPOSURES, Field(default_factory=none.Dashboard, description="Exposure of the server to people.")
    ]
    egress: Annotated[
        Items[Egress],
        Field(description="Targets that notebooks may connect to, besides those of the cluster's network.egress."),
    ] = ()

    @model_validator(mode="after")
    def _check_login(self) -> Jupyter:
        if bool(self.token) == bool(self.password):
            found = "both token and password" if self.token else "neither token nor password"
            hint = (
                "run `kubectl create secret generic jupyter-login --from-literal=token=$(openssl rand -hex 32)` in the "
                "cluster's namespace and write token: jupyter-login"
            )
            raise refuse(f"the notebook has {found}", hint)
        return self

    @model_validator(mode="after")
    def _check_storage(self) -> Jupyter:
        if self.storage and self._has_home():
            raise refuse(f"storage and a volume at {HOME} are both given", "leave one of them out")
        return self

    @property
    def labels_of_pods(self) -> dict[str, str]:
        """Return the labels that select its pod."""
        return notebook(NAME, self.object_name)

    @property
    def own_mounts(self) -> Mapping[str, str]:
        """Return the volumes of every pod, and those of the server."""
        home = {} if self._has_home() else {self.object_name: HOME}
        return {**super().own_mounts, **home, "settings": SETTINGS}

    @property
    def _file(self) -> str:
        return f"{self.object_name}.yaml"

    def find_volumes(self) -> list[tuple[Path, Volume]]:
        """Return the volume of the home folder, unless the spec mounts one there."""
        if self._has_home():
            return []
        claim = self.storage or NewClaim(size="10Gi")
        fields = {"name": self.object_name, "mountPath": HOME, "persistentVolumeClaim": {"create": claim}}
        return [(("storage",), Volume.model_validate(fields))]

    def _has_home(self) -> bool:
        return any(mount.mount_path == HOME for volume in self.volumes for _, mount in volume.list_mounts())

    def find_exposure(self, path: Path) -> tuple[Exposure, ExposedPort]:
        """Return its exposure, which leads to the server's port."""
        target = ExposedPort(
            self.object_name, self.labels_of_pods, self.object_name, ports.JUPYTER, "http", (*path, "expose")
        )
        return self.expose, target

    def find_origins(self, neighbour: Neighbour, path: Path) -> list[str]:
        """Return the host of its exposure, and that of `kubectl port-forward`."""
        url = self._expose(neighbour, path).url
        return [*([find_origin(url)] if url else []), f"localhost:{ports.JUPYTER.number}"]

    def find_address(self, neighbour: Neighbour, path: Path) -> Address:
        """Return its address, and the commands that forward its port and show its token."""
        endpoint, space = self._expose(neighbour, path), f"--namespace {neighbour.namespace}"
        forward = f"kubectl port-forward {space} svc/{neighbour.name}-{self.object_name} {ports.JUPYTER.number}"
        commands = [] if endpoint.url else [f"{forward}, then http://localhost:{ports.JUPYTER.number}/"]
        if self.token:
            entry = f"-o jsonpath='{{.data.{self.token.key}}}'"
            commands.append(f"kubectl get secret {self.token.secret} {space} {entry} | base64 -d")
        return Address(self.object_name, f"{endpoint.url}/" if endpoint.url else "", tuple(commands))

    def _expose(self, neighbour: Neighbour, path: Path) -> Endpoint:
        exposure, exposed = self.find_exposure(path)
        return exposure.endpoint(Site(neighbour.name, neighbour.isolated, target=exposed))

    def resources(self, neighbour: Neighbour, path: Path) -> list[Resource]:
        """Build the StatefulSet, its Service, the settings of JupyterLab, its policies and what exposes it."""
        endpoint = self._expose(neighbour, path)
        known = not any(host in endpoint.url for host in UNKNOWN)
        server = Server(endpoint.prefix, endpoint.certificate, endpoint.url if known else "")
        bodies: list[Any] = [
            self._run(self._build_pod(neighbour, server)),
            self._serve(server.port, endpoint.service_annotations),
            *(self._let_through() if neighbour.isolated else ()),
        ]
        settings = show_dashboard(self.object_name, neighbour.proxied or neighbour.dashboard.url)
        return [
            *(resource(body, self._file, *path) for body in bodies),
            resource(settings, f"{self.object_name}.json", *path),
            *endpoint.resources,
        ]

    def _run(self, template: PodTemplateSpec) -> StatefulSet:
        pods = template["metadata"]
        return {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": metadata(self.object_name, pods["labels"], pods.get("annotations")),
            "spec": {
                "replicas": 1,
                "serviceName": self.object_name,
                "selector": {"matchLabels": self.labels_of_pods},
                "template": template,
            },
        }

    def _serve(self, port: Port, annotations: Mapping[str, str]) -> Service:
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata(self.object_name, self.labels_of_pods, annotations),
            "spec": {
                "selector": self.labels_of_pods,
                "ports": [{"name": port.name, "port": port.number, "targetPort": port.name}],
            },
        }

    def _let_through(self) -> list[NetworkPolicy]:
        """Build the policies by which notebooks reach the scheduler, its dashboard and what `egress` names."""
        numbers = [ports.COMM.number, ports.DASHBOARD.number]
        own = [{"to": [{"podSelector": selecting(SCHEDULER)}], "ports": tcp(numbers)}]
        return [
            policy(
                f"egress-{self.object_name}",
                self.labels_of_pods,
                egress=[*own, *(target.rule() for target in self.egress)],
            ),
            admit(f"admit-{self.object_name}", SCHEDULER, [{"podSelector": selecting(self.labels_of_pods)}], numbers),
        ]

    def _build_pod(self, neighbour: Neighbour, server: Server) -> PodTemplateSpec:
        template = self.template(self.labels_of_pods, self._contain(neighbour, server), GRACE, neighbour.context)
        volumes, mounts = template["spec"]["volumes"], template["spec"]["containers"][0]["volumeMounts"]
        for _, volume in self.find_volumes():
            volumes.insert(0, volume.volume())
            mounts[:0] = volume.build_mounts()
        for made, mount in server.mount(self.object_name):
            volumes.append(made)
            mounts.append(mount)
        return template

    def _contain(self, neighbour: Neighbour, server: Server) -> Container:
        login = self.token or self.password
        secret: Any = {"name": login.secret, "key": login.key} if login else {}
        options = server.options(neighbour.service, hashed=bool(self.password))
        return {
            "name": NAME,
            "args": ["jupyter", "lab", *options, *self.culling.options()],
            "env": [
                {"name": PASSWORD if self.password else TOKEN, "valueFrom": {"secretKeyRef": secret}},
                *reach(neighbour, server.prefix),
            ],
            "ports": [{"name": server.port.name, "containerPort": server.port.number}],
            "startupProbe": server.probe(period=2, failures=60),
            "readinessProbe": server.probe(period=10, failures=3),
            "livenessProbe": server.probe(period=30, failures=6),
        }
