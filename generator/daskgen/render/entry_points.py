"""Render overlays/gitops, the folder that delivery engines read: groups of overlays, and what delivers each group.

It is not part of what it deploys. The groups are plain kustomizations, the same for every engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from daskgen.delivery import ENTRIES, GITOPS, GROUPS, OPENSHIFT_AI
from daskgen.findings.problem import Position
from daskgen.kubernetes.objects import Key, Object, Resource, key_of, resource
from daskgen.kubernetes.replicas import read_range
from daskgen.layers.overlay import KUSTOMIZATION, Files
from daskgen.notebook._connection import TYPE, describe_type
from daskgen.parts.groups import OPERATOR, Group, Member, Scaled
from daskgen.paths import Path
from daskgen.render.cluster import RenderedCluster
from daskgen.render.operator import RenderedOperator
from daskgen.spec.cluster import Cluster
from daskgen.spec.fleet import Fleet
from daskgen.spec.load import Settings
from daskgen.yaml.write import dump, dump_all

HEADER = "# Made by daskgen from daskgen.yaml; edit that file and run `daskgen render`.\n"

GROUP_HEADER = "# Made by daskgen from daskgen.yaml and clusters/; edit these and run `daskgen render`.\n"


class EntryPoint(NamedTuple):
    """Objects that a person applies once: those with which an engine delivers the fleet, or an administrator's."""

    settings: Settings
    folder: str
    root: Path
    """Place in daskgen.yaml."""
    resources: Sequence[Resource]
    """Objects under full names."""
    extras: Mapping[str, str] = {}
    """More files, by their names in overlays/gitops."""

    @property
    def name(self) -> str:
        """Return the name of its overlay."""
        return f"{GITOPS}/{self.folder}"

    @property
    def at(self) -> Position:
        """Return the position in daskgen.yaml."""
        return self._locate(())

    @property
    def truth(self) -> Sequence[Resource]:
        """Return the objects under their full names."""
        return self.resources

    def locate(self, resource: Resource, path: Path, *, key: bool) -> Position:
        """Return the position of the group, of the delivery or of the setting from which an object is built."""
        return self._locate(resource.origin)

    def _locate(self, path: Path) -> Position:
        return self.settings.at((*self.root, *path))


def find_members(fleet: Fleet, rendered: RenderedCluster) -> list[Member]:
    """Return the cluster as the member of its group; empty if no engine delivers it, or if it has errors."""
    cluster = rendered.cluster
    if not (cluster and fleet.delivery and cluster.delivery.enabled):
        return []
    bodies = [resource.body for resource in rendered.resources]
    return [
        Member(
            name=cluster.name,
            file=rendered.written.file,
            group=cluster.delivery.group or _choose_group(fleet.delivery[0].group_by, cluster, rendered.written.file),
            namespace=cluster.namespace.name,
            base=cluster.base.name,
            objects=len(bodies),
            kinds=_find_kinds(bodies),
            charts=tuple(cluster.find_charts()),
            scaled=tuple(Scaled(kind, f"{cluster.name}-{name}") for kind, name in _find_scaled(bodies)),
        )
    ]


def find_operator_members(fleet: Fleet, operators: Iterable[RenderedOperator]) -> list[Member]:
    """Describe the operator as the one member of its group, if the fleet installs it and is delivered."""
    return [
        Member(
            name=operator.name,
            file=operator.written.file,
            group=OPERATOR,
            namespace=operator.identity.namespace,
            base=operator.name,
            objects=len(operator.resources),
            kinds=_find_kinds(resource.body for resource in operator.resources),
        )
        for operator in operators
        if fleet.delivery
    ]


def find_entry_points(settings: Settings, groups: Sequence[Group]) -> list[EntryPoint]:
    """Build an entry point for each engine that delivers the fleet, and that of OpenShift AI's administrators."""
    engines = [
        EntryPoint(settings, each.kind, ("delivery", index), each.resources(groups), each.extras(groups))
        for index, each in enumerate(settings.fleet.delivery)
    ]
    namespace = settings.fleet.openshift.connection_type
    if not namespace:
        return engines
    made = resource(describe_type(namespace), f"{TYPE}.yaml")
    return [*engines, EntryPoint(settings, OPENSHIFT_AI, ("openshift", "connectionType"), [made])]


def find_folders(entries: Sequence[EntryPoint], groups: Sequence[Group]) -> dict[str, list[str]]:
    """Find the folders of the tree that include several overlays or an entry point, and the overlays in each."""
    return {
        **{f"{GROUPS}/{group.name}": [member.name for member in group.members] for group in groups},
        **{f"overlays/{entry.name}": [entry.name] for entry in entries},
    }


def write(entries: Sequence[EntryPoint], groups: Sequence[Group]) -> Files:
    """Write every file under overlays/gitops, by its path from the fleet's root."""
    tree = {f"{GROUPS}/{group.name}/kustomization.yaml": _list_members(group) for group in groups}
    for entry in entries:
        tree |= {f"overlays/{entry.name}/{name}": text for name, text in _write(entry.resources).items()}
        tree |= {f"{ENTRIES}/{name}": HEADER + text for name, text in entry.extras.items()}
    return tree


def _choose_group(group_by: str, cluster: Cluster, file: str) -> str:
    if group_by == "cluster":
        return cluster.name
    folders = PurePosixPath(file).parent.parts[1:] if group_by == "folder" else ()
    return "-".join(folders) or cluster.namespace.name


def _find_scaled(bodies: Iterable[Object]) -> Iterator[Key]:
    """Find the objects of which an autoscaler sets the number of pods."""
    for body in bodies:
        if body["kind"] == "DaskAutoscaler":
            yield "DaskCluster", body["spec"]["cluster"]
        elif read_range(body):
            yield key_of(body)


def _find_kinds(bodies: Iterable[Object]) -> frozenset[tuple[str, str]]:
    return frozenset((body["apiVersion"].rpartition("/")[0], body["kind"]) for body in bodies)


def _list_members(group: Group) -> str:
    return GROUP_HEADER + dump({**KUSTOMIZATION, "resources": [f"../../../{member.name}" for member in group.members]})


def _write(resources: Sequence[Resource]) -> Files:
    objects: Mapping[str, list[Object]] = defaultdict(list)
    for each in resources:
        objects[each.file].append(each.body)
    listed = HEADER + dump({**KUSTOMIZATION, "resources": list(objects)})
    return {"kustomization.yaml": listed, **{file: HEADER + dump_all(bodies) for file, bodies in objects.items()}}
