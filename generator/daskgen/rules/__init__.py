"""Find mistakes in valid specs: each rule is a function of a cluster and its rendered objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from daskgen.delivery import Delivery
from daskgen.findings.finding import Finding
from daskgen.kubernetes.kinds import CONTAINER_LISTS, POD_KINDS, find_kind, find_pods
from daskgen.kubernetes.labels import CLUSTER, INSTANCE
from daskgen.kubernetes.objects import Object, Resource
from daskgen.layers.trace import find_origin
from daskgen.operator.install import Operator
from daskgen.parts.endpoint import Endpoint
from daskgen.parts.environment import Environment
from daskgen.paths import Path, get
from daskgen.spec.cluster import Cluster
from daskgen.spec.fleet import OpenShift
from daskgen.spec.policy import Policy
from daskgen.spec.written import Written

ALL_CONTAINERS = (*CONTAINER_LISTS, "ephemeralContainers")


class Container(NamedTuple):
    """A container of a rendered pod, and its place in the object."""

    resource: Resource
    path: Path
    body: Object


class Template(NamedTuple):
    """A pod that a rendered object creates: its spec, and the place of that in the object."""

    resource: Resource
    path: Path
    spec: Object
    labels: Mapping[str, str]
    """The pod's labels, with the cluster's instance, which kustomize adds."""
    annotations: Mapping[str, str]
    containers: tuple[Container, ...]

    def list_containers(self) -> list[tuple[Path, Object]]:
        """List its containers, each with its path in the pod's spec."""
        return [(container.path[len(self.path) :], container.body) for container in self.containers]


@dataclass(frozen=True)
class RuleContext:
    """A cluster, its rendered objects and the fleet's settings, as rules read them."""

    cluster: Cluster
    resources: Sequence[Resource]
    """Objects under short names, after patches."""
    written: Written
    """The values of the spec, with their positions."""
    operator: Operator
    """The operator's settings in daskgen.yaml."""
    policy: Policy
    """The limits of the fleet."""
    kubernetes: str
    """The version of Kubernetes, such as 1.34."""
    deliveries: Sequence[Delivery] = ()
    """The engines that deliver the fleet; none if people apply it."""
    openshift: OpenShift = OpenShift()  # noqa: RUF009  # it cannot be changed
    """What the fleet's settings say about OpenShift."""

    def origin(self, resource: Resource, *path: str | int) -> Path:
        """Return the field of the spec that the place `path` of an object comes from."""
        return find_origin(resource, path, self.cluster.patches, self._value)

    def find_field(self, resource: Resource, *path: str | int) -> Path:
        """Return the field of the spec that the place `path` of an object comes from, without patches."""
        return find_origin(resource, path, (), self._value)

    @property
    def said(self) -> dict[str, Any]:
        """Return what the spec says, with its profile and the defaults of the fleet."""
        return self._value

    @cached_property
    def _value(self) -> dict[str, Any]:
        return self.written.value()

    @cached_property
    def endpoints(self) -> dict[Path, Endpoint]:
        """Return what each exposure builds, by its place in the spec."""
        site = self.cluster.site
        return {
            exposed.origin: exposure.endpoint(site._replace(target=exposed))
            for exposure, exposed in self.cluster.find_exposures()
        }

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """Return every pod that the objects create."""
        return tuple(find_templates(self.find_all(*POD_KINDS), self.cluster.name))

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """Return every container of every pod."""
        return tuple(container for template in self.templates for container in template.containers)

    @cached_property
    def _by_kind(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            found[resource.kind].append(resource)
        return found

    def find_all(self, *kinds: str) -> list[Resource]:
        """Return the objects of these kinds."""
        return [resource for kind in kinds for resource in self._by_kind.get(kind, ())]

    def find_patches(self, kind: str, name: str) -> list[Path]:
        """Return the paths of an object's patches in the spec."""
        targets = [(patch.target.kind, patch.target.name) for patch in self.cluster.patches]
        return [("patches", index, "patch") for index, target in enumerate(targets) if target == (kind, name)]


Rule = Callable[[RuleContext], Iterator[Finding]]


def find_templates(resources: Iterable[Resource], cluster: str) -> Iterator[Template]:
    """Find every pod that objects of the cluster `name` create."""
    for resource in resources:
        for path, spec in find_pods(resource.body):
            yield _read_template(resource, path, spec, cluster)


def _read_template(resource: Resource, path: Path, spec: Object, cluster: str) -> Template:
    metadata = get(resource.body, (*path[:-1], "metadata")) or {}
    if find_kind(resource.kind).shares_labels:
        metadata = {"labels": {**CLUSTER, **(resource.body["metadata"].get("labels") or {})}}
    labels = {**(metadata.get("labels") or {}), INSTANCE: cluster}
    containers = tuple(_find_containers(resource, path, spec))
    return Template(resource, path, spec, labels, metadata.get("annotations") or {}, containers)


def _find_containers(resource: Resource, path: Path, spec: Object) -> Iterator[Container]:
    for field in ALL_CONTAINERS:
        for index, body in enumerate(spec.get(field) or ()):
            yield Container(resource, (*path, field, index), body)


def find_environments(context: RuleContext) -> Iterator[tuple[Path, Environment]]:
    """Find the variables of all pods, and those of each, in the spec."""
    yield ("env",), context.cluster.env
    for path, pod in context.cluster.find_pods():
        yield (*path, "env"), pod.env


def find_variables(context: RuleContext) -> Iterator[tuple[Path, str, str | None]]:
    """Find every variable that the spec sets, in its fields and by patches: its place, name and literal value."""
    for path, environment in find_environments(context):
        for name, value in environment.items():
            yield (*path, name), name, value.value
    if not context.cluster.patches:
        return
    for container in context.containers:
        for index, variable in enumerate(container.body.get("env") or ()):
            origin = context.origin(container.resource, *container.path, "env", index)
            if origin[0] == "patches" and (origin[-1] == "value" or "env" in origin[:-1]):
                yield origin, variable["name"], variable.get("value")
