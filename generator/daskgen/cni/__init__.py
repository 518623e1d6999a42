"""Define what network plug-ins (CNI) admit that NetworkPolicies cannot say: targets by their host names.

Policies are built with names as if NetworkPolicies knew them; `separate` gives these rules to the plug-in.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from daskgen.kubernetes.labels import INSTANCE
from daskgen.kubernetes.objects import Object, Resource
from daskgen.model.variants import Variant
from daskgen.parts.policies import NAMED
from daskgen.parts.security import Platform


class Target(NamedTuple):
    """Hosts that pods may connect to, and the TCP ports; none stands for all of them."""

    host: str
    """A name, or a pattern such as *.example.com."""
    ports: tuple[int, ...]


class Site(NamedTuple):
    """The pods that may connect to targets."""

    pods: dict[str, str]
    """All labels of these pods: kustomize adds none to objects that it does not know."""
    platform: Platform


class Cni(Variant):
    """A network plug-in whose own policies admit targets by their names."""

    api: ClassVar[str] = ""
    """Version and kind of its own policies, as `group/version/Kind`."""

    @abstractmethod
    def admit(self, targets: Sequence[Target], site: Site) -> Object:
        """Return the spec of its own policy, which lets pods connect to targets."""

    def build(self, metadata: Object, targets: Sequence[Target], site: Site) -> Object:
        """Build its own policy."""
        version, _, kind = self.api.rpartition("/")
        return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": self.admit(targets, site)}


def separate(made: Resource, cni: Cni | None, cluster: str, platform: Platform) -> list[Resource]:
    """Return a NetworkPolicy without the targets that it names, and the policy of the plug-in that admits them.

    Without a plug-in nothing admits them; a rule refuses such specs.
    """
    rules = _find_rules(made)
    named = [rule for rule in rules if _is_named(rule)]
    if not named:
        return [made]
    left = [rule for rule in rules if not _is_named(rule)]
    kept = [_keep(made, left)] if left else []
    return [*kept, _admit(made, named, cni, cluster, platform)] if cni else kept


def _find_rules(made: Resource) -> list[Any]:
    return list(made.body["spec"].get("egress", ())) if made.kind == "NetworkPolicy" else []


def _is_named(rule: Object) -> bool:
    return any(NAMED in peer for peer in rule.get("to", ()))


def _read(rule: Object) -> Target:
    [peer] = rule["to"]
    return Target(peer[NAMED], tuple(port["port"] for port in rule.get("ports", ())))


def _keep(made: Resource, rules: list[Any]) -> Resource:
    return made._replace(body={**made.body, "spec": {**made.body["spec"], "egress": rules}})


def _admit(made: Resource, rules: list[Any], cni: Cni, cluster: str, platform: Platform) -> Resource:
    labels = {**made.body["spec"]["podSelector"]["matchLabels"], INSTANCE: cluster}
    targets = [_read(rule) for rule in rules]
    return made._replace(body=cni.build(made.body["metadata"], targets, Site(labels, platform)), inner=())
