"""Deliver by Flux: a source, a Kustomization for each group, and one for all.

Facts are those of Flux 2.9 (kustomize-controller 1.9), https://fluxcd.io/flux/components/kustomize/kustomizations/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, final

from pydantic import AfterValidator, Field, model_validator

from daskgen.delivery import ENTRIES, GROUPS, Delivery
from daskgen.delivery._flux_health import HEALTH, check_health
from daskgen.delivery._flux_status import read_condition
from daskgen.kubernetes.objects import Object, Resource, resource
from daskgen.model import EnvironmentName, Items, Model, Name, ObjectName, refuse
from daskgen.parts.delivered import EngineStatus, Marks, OwnObject, Substitution
from daskgen.parts.groups import OPERATOR, Group

SOURCES, KUSTOMIZATIONS = "source.toolkit.fluxcd.io/v1", "kustomize.toolkit.fluxcd.io/v1"

FOLDER = f"{ENTRIES}/flux"


def _check_duration(duration: str) -> str:
    if duration.endswith("d"):
        raise refuse(f"{duration}: Flux has no unit for days", f"write {24 * int(duration[:-1])}h")
    return duration


Duration = Annotated[str, Field(pattern=r"^[1-9][0-9]*(ms|s|m|h|d)$"), AfterValidator(_check_duration)]


class Decryption(Model):
    """Keys for files that SOPS has encrypted."""

    provider: Annotated[Literal["sops"], Field(description="Tool that encrypted the files.")] = "sops"
    secret: Annotated[
        ObjectName, Field(examples=["sops-keys"], description="Secret with the keys, in Flux's namespace.")
    ]


class Variables(Model):
    """An object that holds values of variables."""

    kind: Annotated[Literal["ConfigMap", "Secret"], Field(examples=["ConfigMap"], description="Kind of the object.")]
    name: Annotated[ObjectName, Field(examples=["cluster-settings"], description="Its name, in Flux's namespace.")]
    optional: Annotated[bool, Field(description="Accept that the object is missing.")] = False


class PostBuild(Model):
    """Values for ${variables} in rendered files."""

    substitute: Annotated[dict[EnvironmentName, str], Field(description="Values by name.")] = {}
    substitute_from: Annotated[Items[Variables], Field(description="Objects that hold values.")] = ()


class Tuning(Model):
    """Settings of one group."""

    service_account: Annotated[
        Name | None, Field(description="Service account that Flux uses to apply, in its own namespace.")
    ] = None
    kube_config: Annotated[
        ObjectName | None, Field(description="Secret with a kubeconfig, for another Kubernetes cluster.")
    ] = None
    decryption: Annotated[Decryption | None, Field(description="Decrypt files that SOPS has encrypted.")] = None
    post_build: Annotated[PostBuild | None, Field(description="Replace ${variables} in rendered files.")] = None


@final
class Flux(Delivery, Tuning):
    """Kustomizations of Flux."""

    kind: Literal["flux"] = "flux"
    namespace: Annotated[Name, Field(description="Namespace of Flux.")] = "flux-system"
    secret: Annotated[ObjectName | None, Field(description="Secret by which Flux reads the repository.")] = None
    poll: Annotated[Duration, Field(description="Interval at which Flux looks for commits.")] = "1m"
    interval: Annotated[
        Duration, Field(description="Interval at which Flux reverts changes made by hand; it applies commits at once.")
    ] = "1h"
    retry_interval: Annotated[Duration, Field(description="Time after which Flux retries what failed.")] = "2m"
    timeout: Annotated[Duration, Field(description="Time within which all pods of a group have to be ready.")] = "10m"
    wait: Annotated[bool, Field(description="Report a group as ready only once its pods are ready.")] = True
    groups: Annotated[Mapping[Name, Tuning], Field(description="Settings of single groups, by name.")] = {}

    @model_validator(mode="after")
    def _check_address(self) -> Flux:
        if "://" not in self.repository:
            raise refuse("Flux needs a repository address with ://", "write ssh://git@HOST/PATH")
        return self

    @property
    def substitution(self) -> Substitution | None:
        """Return postBuild, if set: https://fluxcd.io/flux/components/kustomize/kustomizations/."""
        if not any(tuning.post_build for tuning in (self, *self.groups.values())):
            return None
        return Substitution("postBuild", r"(?<!\$)\$\{", "$${…}", "kustomize.toolkit.fluxcd.io/substitute")

    @classmethod
    def title(cls) -> str:
        """Return the name of the engine."""
        return "Flux"

    @classmethod
    def prunes_adopted(cls) -> bool:
        """Return true: Flux prunes objects whether or not they have an owner."""
        return True

    @classmethod
    def keep_marks(cls) -> Mapping[str, str]:
        """Return the annotations.

        https://fluxcd.io/flux/components/kustomize/kustomizations/#prune.
        """
        return {"kustomize.toolkit.fluxcd.io/prune": "disabled"}

    @classmethod
    def recreate_marks(cls) -> Mapping[str, str]:
        """Return none: `force` recreates only objects whose change the API server refuses."""
        return {}

    @classmethod
    def marks(cls) -> Marks:
        """Return its field manager, and the labels by which it finds what to prune.

        https://fluxcd.io/flux/components/kustomize/kustomizations/#garbage-collection-and-prune.
        """
        names = ("kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace")
        helm = ("helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace")
        return Marks(
            manager="kustomize-controller",
            tracking=("metadata", "labels", names[0]),
            labels=names,
            requests=("kustomize.toolkit.fluxcd.io/checksum", *helm, "reconcile.fluxcd.io/requestedAt"),
        )

    def find_own(self, group: Group) -> OwnObject:
        """Return the Kustomization."""
        return OwnObject(KUSTOMIZATIONS, "Kustomization", self.namespace, self.name_group(group))

    def find_entry_points(self) -> tuple[OwnObject, ...]:
        """Return the source, and the Kustomization of all groups."""
        return (
            OwnObject(SOURCES, self._source_kind, self.namespace, self.name),
            OwnObject(KUSTOMIZATIONS, "Kustomization", self.namespace, self.name),
        )

    @classmethod
    def read_status(cls, body: Object) -> EngineStatus:
        """Read its condition Ready."""
        return read_condition(body)

    def take_back(self, group: Group) -> str:
        """Return a command that starts a reconciliation: Flux prunes only objects it has applied."""
        name = f"kustomizations.kustomize.toolkit.fluxcd.io/{self.name_group(group)}"
        asked = 'reconcile.fluxcd.io/requestedAt="$(date +%s)"'
        return f"kubectl annotate --overwrite --namespace {self.namespace} {name} {asked}"

    def find_place(self, group: Group) -> str:
        """Name the Secret with its kubeconfig, or the Kubernetes cluster of Flux itself."""
        secret = self._find_config(group)
        return f"the Kubernetes cluster of Secret {secret}" if secret else "the Kubernetes cluster of Flux"

    def resources(self, groups: Sequence[Group]) -> list[Resource]:
        """Build the source, the Kustomizations of the groups, and the Kustomization that applies all of them."""
        has_operator = any(group.is_operator for group in groups)
        bodies = [(group, self._deliver(group, has_operator=has_operator)) for group in groups]
        return [
            resource(self._source(), "source.yaml"),
            resource(self._root(), "fleet.yaml"),
            *(resource(body, f"groups/{group.name}.yaml", *self.find_origin(group)) for group, body in bodies),
        ]

    @property
    def _source_kind(self) -> str:
        return "OCIRepository" if self.is_artifact else "GitRepository"

    def _source(self) -> Object:
        reference = {"tag": self.tag} if self.tag else {"branch": self.revision}
        spec: Object = {"interval": self.poll, "url": self.repository, "ref": reference}
        if self.secret:
            spec["secretRef"] = {"name": self.secret}
        return {"apiVersion": SOURCES, "kind": self._source_kind, "metadata": self._name(self.name), "spec": spec}

    def _root(self) -> Object:
        # It applies Kustomizations and does not wait for them: each reports its own health.
        return self._kustomize(self.name, FOLDER, {"wait": False, "deletionPolicy": "Orphan"})

    def _deliver(self, group: Group, *, has_operator: bool) -> Object:
        keeps = group.is_operator or not self.cascades
        spec: Object = {"wait": self.wait, "deletionPolicy": "Orphan" if keeps else "Delete"}
        if has_operator and group.is_operated and not group.is_operator:
            spec["dependsOn"] = [{"name": f"{self.name}-{OPERATOR}"}]
        kinds = {kind for _, kind in group.kinds}
        if checks := [check_health(kind) for kind in HEALTH if self.wait and kind in kinds]:
            spec["healthCheckExprs"] = checks
        if ignored := _ignore_replicas(group):
            spec["ignore"] = ignored
        return self._kustomize(self.name_group(group), f"{GROUPS}/{group.name}", spec | self._tune(group))

    def _kustomize(self, name: str, folder: str, more: Object) -> Object:
        spec = {
            "interval": self.interval,
            "retryInterval": self.retry_interval,
            "timeout": self.timeout,
            "sourceRef": {"kind": self._source_kind, "name": self.name},
            "path": f"./{self.locate(folder)}",
            "prune": self.prune,
            **more,
        }
        return {"apiVersion": KUSTOMIZATIONS, "kind": "Kustomization", "metadata": self._name(name), "spec": spec}

    def _find_config(self, group: Group) -> str | None:
        return self.groups.get(group.root, Tuning()).kube_config or self.kube_config

    def _tune(self, group: Group) -> Object:
        own = self.groups.get(group.root, Tuning())
        account, config = own.service_account or self.service_account, self._find_config(group)
        decryption, variables = own.decryption or self.decryption, own.post_build or self.post_build
        fields: dict[str, Any] = {
            "serviceAccountName": account,
            "kubeConfig": config and {"secretRef": {"name": config}},
            "decryption": decryption and {"provider": "sops", "secretRef": {"name": decryption.secret}},
            "postBuild": variables and variables.model_dump(by_alias=True, exclude_defaults=True, mode="json"),
        }
        return {key: value for key, value in fields.items() if value}

    def _name(self, name: str) -> Object:
        return {"name": name, "namespace": self.namespace}


def _ignore_replicas(group: Group) -> list[Object]:
    """List the replicas that an autoscaler owns: applying the minimum of the spec would end workers."""
    return [
        {
            "paths": [scaled.pointer],
            "target": {
                "group": scaled.group,
                "kind": scaled.kind,
                "namespace": member.namespace,
                "name": scaled.name,
            },
        }
        for member in group.members
        for scaled in member.scaled
    ]
