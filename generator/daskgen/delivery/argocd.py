"""Deliver by Argo CD: a project that allows what the fleet uses, an Application for each group, and one for all.

Facts are those of Argo CD 3.2 to 3.6, https://argo-cd.readthedocs.io/en/stable/, and of tests with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, final

from pydantic import Field, model_validator

from daskgen.delivery import ENTRIES, GROUPS, Delivery
from daskgen.delivery._application import COMPARE, RETRY, SERVER_SIDE, SYNC_OPTIONS, leave_to_others, read_application
from daskgen.delivery._applicationset import BASENAME, make_set
from daskgen.delivery._argocd_settings import write_settings
from daskgen.delivery._charts import CHARTS, restrict_charts, use_chart
from daskgen.delivery._project import describe_place, list_places, restrict_project
from daskgen.kubernetes.objects import Object, Resource, resource
from daskgen.model import Model, Name, Text, refuse
from daskgen.parts.delivered import EngineStatus, Marks, OwnObject
from daskgen.parts.groups import OPERATOR, Chart, Group

API = "argoproj.io/v1alpha1"

FOLDER = f"{ENTRIES}/argocd"

IN_CLUSTER = "https://kubernetes.default.svc"
"""The Kubernetes cluster that Argo CD itself runs on."""

FINALIZER = "resources-finalizer.argocd.argoproj.io"


WAVE, SYNC_OPTION = "argocd.argoproj.io/sync-wave", "argocd.argoproj.io/sync-options"


class Tuning(Model):
    """Settings of one group."""

    destination: Annotated[
        Text | None, Field(description="Kubernetes cluster of the group: its name or address in Argo CD.")
    ] = None


@final
class ArgoCD(Delivery):
    """Applications of Argo CD."""

    installs_charts: ClassVar[bool] = True
    kind: Literal["argocd"] = "argocd"
    namespace: Annotated[Name, Field(description="Namespace of Argo CD.")] = "argocd"
    destination: Annotated[
        Text, Field(description="Kubernetes cluster for the Dask clusters: its name or address in Argo CD.")
    ] = IN_CLUSTER
    project: Annotated[
        Name,
        Field(description="Existing project of the Application that applies all others and their projects."),
    ] = "default"
    application_set: Annotated[
        bool, Field(description="Render one ApplicationSet, which creates the Applications of the groups.")
    ] = False
    self_heal: Annotated[bool, Field(description="Revert changes made by hand.")] = True
    groups: Annotated[Mapping[Name, Tuning], Field(description="Settings of single groups, by name.")] = {}

    @model_validator(mode="after")
    def _check_places(self) -> ArgoCD:
        if self.application_set and any(tuning.destination for tuning in self.groups.values()):
            raise refuse(
                "an ApplicationSet delivers all groups to one destination", "remove applicationSet, or destinations"
            )
        return self

    def resources(self, groups: Sequence[Group]) -> list[Resource]:
        """Build the projects, the Applications of the groups, and the Application that applies all of them."""
        ours = [group for group in groups if not group.is_operator]
        operators = [group for group in groups if group.is_operator]
        projects = [self._project(name, members) for name, members in self._name_projects(ours, operators) if members]
        return [
            *(resource(project, "project.yaml") for project in projects),
            resource(self._root(), "fleet.yaml"),
            *self._deliver_all(operators if self.application_set else groups),
            *([resource(self._deliver_by_set(ours), "groups.yaml")] if self.application_set and ours else []),
            *self._install_all(ours),
        ]

    def keeps_objects(self, other: Delivery) -> bool:
        """Return false if the ApplicationSet is removed: that deletes its Applications, also adopted ones (3.2.11)."""
        is_removed = isinstance(other, ArgoCD) and self.application_set and not other.application_set
        return super().keeps_objects(other) and not is_removed

    @classmethod
    def title(cls) -> str:
        """Return the name of the engine."""
        return "Argo CD"

    @classmethod
    def prunes_adopted(cls) -> bool:
        """Return false: it does not prune objects that have an owner (3.5, gitops-engine/pkg/cache/cluster.go)."""
        return False

    @classmethod
    def keep_marks(cls) -> Mapping[str, str]:
        """Return the annotations.

        https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources.
        """
        return {SYNC_OPTION: "Prune=false,Delete=false"}

    @classmethod
    def recreate_marks(cls) -> Mapping[str, str]:
        """Return the annotations.

        https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#force-sync.
        """
        return {SYNC_OPTION: "Force=true,Replace=true"}

    @classmethod
    def marks(cls) -> Marks:
        """Return its field manager and the marks of all three tracking methods.

        https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/.
        """
        return Marks(
            manager="argocd-controller",
            tracking=("metadata", "annotations", "argocd.argoproj.io/tracking-id"),
            labels=("argocd.argoproj.io/instance",),
            annotations=("argocd.argoproj.io/tracking-id", "argocd.argoproj.io/installation-id"),
            requests=("argocd.argoproj.io/refresh", "argocd.argoproj.io/hydrate"),
        )

    def find_own(self, group: Group) -> OwnObject:
        """Return the Application; an ApplicationSet gives it the same name."""
        return OwnObject(API, "Application", self.namespace, self.name_group(group))

    def find_entry_points(self) -> tuple[OwnObject, ...]:
        """Return the Application that syncs the others."""
        return (OwnObject(API, "Application", self.namespace, self.name),)

    @classmethod
    def read_status(cls, body: Object) -> EngineStatus:
        """Read sync, health, last operation and conditions of the Application."""
        return read_application(body)

    def take_back(self, group: Group) -> str:
        """Return a command that starts a sync, unless selfHeal does: Argo CD prunes only objects it has applied."""
        name = f"applications.argoproj.io/{self.name_group(group)}"
        # An operation does not use the sync options of the Application.
        patch = json.dumps({"operation": {"sync": {"syncOptions": SYNC_OPTIONS}}})
        command = f"kubectl patch --namespace {self.namespace} {name} --type merge --patch '{patch}'"
        return "" if self.self_heal else command

    def find_place(self, group: Group) -> str:
        """Return the name or the address of its destination."""
        tuning = self.groups.get(group.root, Tuning())
        return tuning.destination or self.destination

    def extras(self, groups: Sequence[Group]) -> dict[str, str]:
        """Write the settings of Argo CD itself, for the kustomization that installs it, or for a patch."""
        return write_settings(is_operated=any(group.is_operated for group in groups))

    def _name_projects(self, ours: Sequence[Group], operators: Sequence[Group]) -> list[tuple[str, Sequence[Group]]]:
        return [(self.name, ours), (f"{self.name}-{OPERATOR}", operators)]

    def _project(self, name: str, groups: Sequence[Group]) -> Object:
        places = {(self.find_place(group), member.namespace) for group in groups for member in group.members}
        spec = restrict_project(self.repository, list_places(places), groups)
        return self._object("AppProject", name, spec, wave=-2)

    def _root(self) -> Object:
        source, place = self._source(FOLDER), {"server": IN_CLUSTER, "namespace": self.namespace}
        return self._application(self.name, self.project, source, place, paths=(FOLDER,))

    def _install_all(self, groups: Sequence[Group]) -> Iterator[Resource]:
        """Build the Applications of charts, and their project."""
        found = [(group, member, chart) for group in groups for member in group.members for chart in member.charts]
        if found:
            places = {(self.find_place(group), chart.namespace) for group, _, chart in found}
            spec = restrict_charts(self.repository, list_places(places), [chart for *_, chart in found])
            yield resource(self._object("AppProject", f"{self.name}-{CHARTS}", spec, wave=-2), "project.yaml")
        for group, member, chart in found:
            body = self._install(group, f"overlays/{member.name}", chart)
            yield resource(body, f"charts/{chart.name}.yaml", *self.find_origin(group))

    def _install(self, group: Group, folder: str, chart: Chart) -> Object:
        place = {**describe_place(self.find_place(group)), "namespace": chart.namespace}
        name, source = f"{self.name}-{chart.name}", self._source(folder)
        body = self._application(name, f"{self.name}-{CHARTS}", source, place, (folder,), wave=1)
        return use_chart(body, chart, source, f"{source['path']}/{chart.values}")

    def _deliver_all(self, groups: Sequence[Group]) -> Iterator[Resource]:
        for group in groups:
            bases = sorted({f"base/{member.base}" for member in group.members})
            paths = (*bases, *(f"overlays/{member.name}" for member in group.members))
            body = self._deliver(group.name, [group], paths)
            yield resource(body, f"groups/{group.name}.yaml", *self.find_origin(group))

    def _deliver_by_set(self, groups: Sequence[Group]) -> Object:
        # A template cannot list the bases and overlays of a group, so every Application watches all of them.
        return make_set(self, self._deliver(BASENAME, groups, ("base", "overlays")))

    def _deliver(self, name: str, groups: Sequence[Group], paths: Sequence[str]) -> Object:
        """Build the Application of a group; for a template, `name` is a variable and `groups` are all groups."""
        folder, is_operator = f"{GROUPS}/{name}", groups[0].is_operator
        # Every object has its namespace; the Application still has to name one that its project allows.
        namespace = min(member.namespace for group in groups for member in group.members)
        place = {**describe_place(self.find_place(groups[0])), "namespace": namespace}
        project = f"{self.name}-{OPERATOR}" if is_operator else self.name
        body = self._application(
            f"{self.name}-{name}", project, self._source(folder), place, (folder, *paths), -1 if is_operator else 0
        )
        if self.cascades and not is_operator:
            body["metadata"]["finalizers"] = [FINALIZER]
        return leave_to_others(body, groups)

    def _application(
        self, name: str, project: str, source: Object, place: Object, paths: Sequence[str], wave: int = 0
    ) -> Object:
        spec = {
            "project": project,
            "source": source,
            "destination": place,
            "syncPolicy": {
                "automated": self._automate(),
                "syncOptions": list(SYNC_OPTIONS),
                "retry": dict(RETRY),
            },
        }
        annotations = {
            COMPARE: SERVER_SIDE,
            "argocd.argoproj.io/manifest-generate-paths": ";".join(f"/{self.locate(path)}" for path in paths),
        }
        return self._object("Application", name, spec, annotations, wave)

    def _automate(self) -> Object:
        # Argo CD drops false values when it writes an Application, which then always differs from Git (3.2.11).
        return {name: True for name, is_set in (("prune", self.prune), ("selfHeal", self.self_heal)) if is_set}

    def _object(
        self, kind: str, name: str, spec: Object, annotations: Mapping[str, str] | None = None, wave: int = 0
    ) -> Object:
        noted = {**(annotations or {}), **({WAVE: str(wave)} if wave else {})}
        meta = {"name": name, "namespace": self.namespace, "annotations": noted}
        metadata = {key: value for key, value in meta.items() if value}
        return {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}

    def _source(self, folder: str) -> Object:
        return {"repoURL": self.repository, "targetRevision": self.revision, "path": self.locate(folder)}
