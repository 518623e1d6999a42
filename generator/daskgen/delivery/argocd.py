"""Argo CD: a project that allows what the fleet uses, an Application for each group, and one for these themselves.

Facts are those of Argo CD 3.2 to 3.6, https://argo-cd.readthedocs.io/en/stable/, and of trying them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, final

from pydantic import Field, model_validator

from daskgen.delivery import ENTRIES, GROUPS, Delivery, EngineStatus, Marks, OwnObject
from daskgen.delivery._application import ignore_replicas, read_application
from daskgen.delivery._applicationset import BASENAME, make_set
from daskgen.delivery._argocd_settings import write_settings
from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.objects import Object, Resource, resource
from daskgen.model import Model, Name, Text, refuse
from daskgen.parts.groups import OPERATOR, Group

API = "argoproj.io/v1alpha1"

FOLDER = f"{ENTRIES}/argocd"

IN_CLUSTER = "https://kubernetes.default.svc"
"""The Kubernetes cluster that Argo CD itself runs on."""

FINALIZER = "resources-finalizer.argocd.argoproj.io"

SYNC_OPTIONS = ("ServerSideApply=true", "ApplyOutOfSyncOnly=true", "PruneLast=true")
"""Not RespectIgnoreDifferences: it writes all that Argo CD ignores back as it was, also `status`, which neither
DaskClusters nor Applications have apart. `ApplyOutOfSyncOnly` leaves alone what differs in ignored fields only."""

RETRY: Mapping[str, Any] = {
    "limit": 10,
    # The next commit may be what heals it; without this, Argo CD goes on with the one that failed.
    "refresh": True,
    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
}

WAVE, SYNC_OPTION = "argocd.argoproj.io/sync-wave", "argocd.argoproj.io/sync-options"


class Tuning(Model):
    """What is different for one group."""

    destination: Annotated[Text | None, Field(description="Where it goes: a name or an address Argo CD has.")] = None


@final
class ArgoCD(Delivery):
    """Applications of Argo CD."""

    kind: Literal["argocd"] = "argocd"
    namespace: Annotated[Name, Field(description="Namespace of Argo CD.")] = "argocd"
    destination: Annotated[
        Text, Field(description="Where clusters go: the name or the address of a Kubernetes cluster that Argo CD has.")
    ] = IN_CLUSTER
    project: Annotated[
        Name,
        Field(description="Existing project for the Application that makes all others, and the projects of these."),
    ] = "default"
    application_set: Annotated[
        bool, Field(description="Whether Argo CD makes the groups' Applications itself, by an ApplicationSet.")
    ] = False
    self_heal: Annotated[bool, Field(description="Whether what is changed by hand is changed back.")] = True
    groups: Annotated[Mapping[Name, Tuning], Field(description="What is different for some groups, by name.")] = {}

    @model_validator(mode="after")
    def _check_places(self) -> ArgoCD:
        if self.application_set and any(it.destination for it in self.groups.values()):
            raise refuse("an ApplicationSet sends all groups to one destination", "leave out applicationSet, or groups")
        return self

    def resources(self, groups: Sequence[Group]) -> list[Resource]:
        """Build the projects, the Application of all others, and these."""
        ours = [it for it in groups if not it.is_operator]
        operators = [it for it in groups if it.is_operator]
        projects = [self._project(name, its) for name, its in self._name_projects(ours, operators) if its]
        return [
            *(resource(it, "project.yaml") for it in projects),
            resource(self._root(), "fleet.yaml"),
            *self._deliver_all(operators if self.application_set else groups),
            *([resource(self._deliver_by_set(ours), "groups.yaml")] if self.application_set and ours else []),
        ]

    def becomes(self, other: Delivery) -> bool:
        """Return false if an ApplicationSet goes: it takes its Applications along, and takes over others (3.2.11)."""
        ends = isinstance(other, ArgoCD) and self.application_set and not other.application_set
        return super().becomes(other) and not ends

    @classmethod
    def title(cls) -> str:
        """Return its name."""
        return "Argo CD"

    @classmethod
    def prunes_adopted(cls) -> bool:
        """Return that it leaves what has an owner (argo-cd 3.5, gitops-engine/pkg/cache/cluster.go)."""
        return False

    @classmethod
    def keep_marks(cls) -> Mapping[str, str]:
        """https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources."""
        return {SYNC_OPTION: "Prune=false,Delete=false"}

    @classmethod
    def recreate_marks(cls) -> Mapping[str, str]:
        """https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#force-sync."""
        return {SYNC_OPTION: "Force=true,Replace=true"}

    @classmethod
    def marks(cls) -> Marks:
        """Return its field manager, and all marks of its three ways of tracking.

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
        """Return the Application, which an ApplicationSet names alike."""
        return OwnObject(API, "Application", self.namespace, self.name_group(group))

    @classmethod
    def read_status(cls, body: Object) -> EngineStatus:
        """Read its sync, its health, its last operation and its conditions."""
        return read_application(body.get("status", {}))

    def take_back(self, group: Group) -> str:
        """Ask for a sync unless it heals itself: it prunes only what it has marked, and marks what it applies."""
        name = f"applications.argoproj.io/{self.name_group(group)}"
        # An operation heeds no options but its own.
        patch = json.dumps({"operation": {"sync": {"syncOptions": SYNC_OPTIONS}}})
        command = f"kubectl patch --namespace {self.namespace} {name} --type merge --patch '{patch}'"
        return "" if self.self_heal else command

    def find_place(self, group: Group) -> str:
        """Return the name or the address of its destination."""
        tuning = self.groups.get(group.root, Tuning())
        return tuning.destination or self.destination

    def extras(self, groups: Sequence[Group]) -> dict[str, str]:
        """Return what Argo CD itself has to know, for the kustomization that installs it, or for a patch."""
        return write_settings(is_operated=any(group.is_operated for group in groups))

    def _name_projects(self, ours: Sequence[Group], operators: Sequence[Group]) -> list[tuple[str, Sequence[Group]]]:
        return [(self.name, ours), (f"{self.name}-{OPERATOR}", operators)]

    def _project(self, name: str, groups: Sequence[Group]) -> Object:
        kinds = sorted(set[tuple[str, str]]().union(*(it.kinds for it in groups)))
        places = {(self.find_place(it), member.namespace) for it in groups for member in it.members}
        spec = {
            "description": "What daskgen renders, and nothing else",
            "sourceRepos": [self.repository],
            "destinations": [{**_describe_place(place), "namespace": it} for place, it in sorted(places)],
            "clusterResourceWhitelist": [_name_kind(it) for it in kinds if not find_kind(it[1]).namespaced],
            "namespaceResourceWhitelist": [_name_kind(it) for it in kinds if find_kind(it[1]).namespaced],
        }
        return self._object("AppProject", name, spec, wave=-2)

    def _root(self) -> Object:
        source, place = self._source(FOLDER), {"server": IN_CLUSTER, "namespace": self.namespace}
        return self._application(self.name, self.project, source, place, paths=(FOLDER,))

    def _deliver_all(self, groups: Sequence[Group]) -> Iterator[Resource]:
        for it in groups:
            bases = sorted({f"base/{member.base}" for member in it.members})
            paths = (*bases, *(f"overlays/{member.name}" for member in it.members))
            yield resource(self._deliver(it.name, [it], paths), f"groups/{it.name}.yaml", *self.find_origin(it))

    def _deliver_by_set(self, groups: Sequence[Group]) -> Object:
        # Which bases and overlays a group has is in no name that a template could hold.
        return make_set(self, self._deliver(BASENAME, groups, ("base", "overlays")))

    def _deliver(self, name: str, groups: Sequence[Group], paths: Sequence[str]) -> Object:
        """Build the Application of the group called `name`, one of `groups`, which are all alike."""
        folder, is_operator = f"{GROUPS}/{name}", groups[0].is_operator
        # Every object names its namespace; an Application has to name one that its project allows, all the same.
        namespace = min(member.namespace for it in groups for member in it.members)
        place = {**_describe_place(self.find_place(groups[0])), "namespace": namespace}
        project = f"{self.name}-{OPERATOR}" if is_operator else self.name
        body = self._application(
            f"{self.name}-{name}", project, self._source(folder), place, (folder, *paths), -1 if is_operator else 0
        )
        if self.cascades and not is_operator:
            body["metadata"]["finalizers"] = [FINALIZER]
        if ignored := [entry for it in groups for entry in ignore_replicas(it)]:
            body["spec"]["ignoreDifferences"] = ignored
        return body

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
            "argocd.argoproj.io/compare-options": "ServerSideDiff=true",
            "argocd.argoproj.io/manifest-generate-paths": ";".join(f"/{self.locate(it)}" for it in paths),
        }
        return self._object("Application", name, spec, annotations, wave)

    def _automate(self) -> Object:
        # Argo CD takes away what is false when it writes an Application, which then differs from Git for ever (3.2.11).
        return {name: True for name, is_set in (("prune", self.prune), ("selfHeal", self.self_heal)) if is_set}

    def _object(
        self, kind: str, name: str, spec: Object, annotations: Mapping[str, str] | None = None, wave: int = 0
    ) -> Object:
        noted = {**(annotations or {}), **({WAVE: str(wave)} if wave else {})}
        meta = {"name": name, "namespace": self.namespace, "annotations": noted}
        return {"apiVersion": API, "kind": kind, "metadata": {k: it for k, it in meta.items() if it}, "spec": spec}

    def _source(self, folder: str) -> Object:
        return {"repoURL": self.repository, "targetRevision": self.revision, "path": self.locate(folder)}


def _describe_place(place: str) -> dict[str, str]:
    return {"server" if "://" in place else "name": place}


def _name_kind(kind: tuple[str, str]) -> dict[str, str]:
    return {"group": kind[0], "kind": kind[1]}
