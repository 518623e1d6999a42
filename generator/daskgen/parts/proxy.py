"""Build a login proxy: pods of its own, which ask people who they are and forward their requests to the dashboard.

It is no sidecar of the scheduler: probes, Prometheus and clients go on to reach the scheduler as they do without a
login, the operator's running pods need none added, and a new login restarts no scheduler.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import LOGIN, selecting
from daskgen.kubernetes.objects import Object, Resource, metadata, resource
from daskgen.kubernetes.ports import Port
from daskgen.parts.endpoint import Site
from daskgen.parts.image import ToolImage
from daskgen.parts.opening import ExposedPort
from daskgen.parts.pods import probe
from daskgen.parts.policies import admit, policy, tcp
from daskgen.parts.security import secure_container, secure_pod

FILE = "login.yaml"

FILES = "/etc/login"
"""Where its Secrets are mounted."""

PORT = ports.LOGIN.number

CERTIFICATE = "/etc/login-tls"

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Container, Deployment, PodSpec, Service


def stand_before(target: ExposedPort) -> ExposedPort:
    """Return the proxy as what an exposure of `target` leads to."""
    return target._replace(pods=LOGIN, service="login", port=ports.LOGIN)


class SecretFile(NamedTuple):
    """A key of a Secret, and the file that the proxy reads it from."""

    secret: str
    key: str
    file: str


class Program(NamedTuple):
    """What a proxy runs, and what it needs for that."""

    args: Sequence[str]
    health: str
    """Path that answers without a login."""
    health_port: Port | None = None
    """Port of that path, in plain HTTP, where it is not that of the proxy itself."""
    secrets: Sequence[SecretFile] = ()
    config: Mapping[str, str] = {}
    """Files of its configuration: names and content."""
    authority: str = ""
    """ConfigMap whose ca.crt holds the certificate authority that it trusts."""
    egress: Sequence[Object] = ()
    """Rules for what it connects to besides the scheduler and DNS."""
    annotations: Mapping[str, str] = {}
    """Of its service account."""
    token: bool = False
    """Whether it calls the API server."""
    env: Mapping[str, str] = {}
    """Variables, none of them secret."""
    labels: Mapping[str, str] = {}
    """Of its pods, for policies of others."""


class Proxy(NamedTuple):
    """A proxy, and where it stands."""

    site: Site
    program: Program
    image: ToolImage
    resources: Mapping[str, str]
    """Its requests and limits."""
    certificate: str
    """Name of the Secret of its own certificate; "" where TLS ends before it."""
    service_annotations: Mapping[str, str]

    @property
    def port(self) -> Port:
        """The port on which it listens."""
        return ports.LOGIN.secured if self.certificate else ports.LOGIN

    def build(self) -> list[Resource]:
        """Build the proxy's Deployment, its Service, its account, and the policies around it."""
        policies = self._isolate() if self.site.isolated else []
        bodies: list[Any] = [self._account(), *self._configure(), self._deploy(), self._serve(), *policies]
        return [resource(body, FILE, *self.site.target.origin, "auth") for body in bodies]

    def _account(self) -> Object:
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "automountServiceAccountToken": False}
        return {**account, "metadata": metadata("login", LOGIN, self.program.annotations)}

    def _configure(self) -> list[Object]:
        data = dict(self.program.config)
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata("login", LOGIN), "data": data}
        return [body] if data else []

    def _serve(self) -> Service:
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata("login", LOGIN, self.service_annotations),
            "spec": {
                "selector": dict(LOGIN),
                "ports": [{"name": self.port.name, "port": self.port.number, "targetPort": self.port.name}],
            },
        }

    def _deploy(self) -> Deployment:
        labels = {**LOGIN, **self.site.labels}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata("login", labels),
            "spec": {
                "replicas": 1,
                # It keeps nothing: who has logged in is in the browsers' cookies.
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                "selector": {"matchLabels": dict(LOGIN)},
                "template": {"metadata": {"labels": {**labels, **self.program.labels}}, "spec": self._pod()},
            },
        }

    def _pod(self) -> PodSpec:
        spec: PodSpec = {
            "serviceAccountName": "login",
            "automountServiceAccountToken": self.program.token,
            "enableServiceLinks": False,
            "securityContext": secure_pod(self.site.platform),
            "containers": [self._container()],
        }
        if volumes := [volume for volume, _ in self._mounts()]:
            spec["volumes"] = volumes
        if self.image.pull_secrets:
            spec["imagePullSecrets"] = [{"name": name} for name in self.image.pull_secrets]
        return spec

    def _container(self) -> Container:
        asked = self.program.health_port or self.port
        scheme = "HTTPS" if asked.name == ports.LOGIN.secured.name else "HTTP"
        container: Container = {
            "name": "login",
            "image": self.image.reference,
            "imagePullPolicy": self.image.pull_policy,
            "args": list(self.program.args),
            "ports": [{"name": port.name, "containerPort": port.number} for port in dict.fromkeys((self.port, asked))],
            "readinessProbe": probe(self.program.health, asked.name, period=10, failures=3, scheme=scheme),
            "livenessProbe": probe(self.program.health, asked.name, period=30, failures=6, scheme=scheme),
            "resources": {"requests": dict(self.resources), "limits": dict(self.resources)},
            "securityContext": secure_container(),
        }
        if self.program.env:
            container["env"] = [{"name": name, "value": value} for name, value in self.program.env.items()]
        if mounts := [{"name": volume["name"], "mountPath": path, "readOnly": True} for volume, path in self._mounts()]:
            container["volumeMounts"] = mounts  # type: ignore[typeddict-item]  # made of plain maps
        return container

    def _mounts(self) -> list[tuple[Any, str]]:
        """Return the volumes, and the folder of each."""
        mounts: list[tuple[Any, str]] = []
        if self._sources():
            mounts.append(({"name": "login", "projected": {"sources": self._sources()}}, FILES))
        if self.certificate:
            mounts.append(({"name": "certificate", "secret": {"secretName": self.certificate}}, CERTIFICATE))
        return mounts

    def _sources(self) -> list[Object]:
        secrets: list[Object] = [
            {"secret": {"name": secret, "items": [{"key": key, "path": file}]}}
            for secret, key, file in self.program.secrets
        ]
        config = [{"configMap": {"name": "login"}}] if self.program.config else []
        trusted = {"name": self.program.authority, "items": [{"key": "ca.crt", "path": "ca.crt"}]}
        return [*secrets, *config, *([{"configMap": trusted}] if self.program.authority else [])]

    def _isolate(self) -> list[Any]:
        target = self.site.target
        forward = {"to": [{"podSelector": selecting(target.pods)}], "ports": tcp([target.port.number])}
        return [
            policy("login", LOGIN, egress=[forward, *self.program.egress]),
            admit(f"login-{target.name}", target.pods, [{"podSelector": selecting(LOGIN)}], [target.port.number]),
        ]
