"""Admit targets by name with Cilium: https://docs.cilium.io/en/stable/security/policy/language/#dns-based."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, final

from daskgen.cni import Cni, Site, Target
from daskgen.kubernetes.objects import Object
from daskgen.parts.policies import DNS
from daskgen.parts.security import Platform

IN_NAMESPACE = "k8s:io.kubernetes.pod.namespace"


@final
class Cilium(Cni):
    """CiliumNetworkPolicies for names; Cilium enforces NetworkPolicies too, and adds up what both admit."""

    api: ClassVar[str] = "cilium.io/v2/CiliumNetworkPolicy"

    kind: Literal["cilium"]

    def admit(self, targets: Sequence[Target], site: Site) -> Object:
        """Build the rules: Cilium learns the addresses of names from the DNS answers that it passes on."""
        rules = [_watch_dns(site.platform), *map(_reach, targets)]
        return {"endpointSelector": {"matchLabels": dict(site.pods)}, "egress": rules}


def _watch_dns(platform: Platform) -> Object:
    namespace, port = DNS[platform]
    # Every query passes, as without this rule: targets by address and other clusters' names go on to work.
    queries: Any = {"ports": [{"port": str(port), "protocol": "ANY"}], "rules": {"dns": [{"matchPattern": "*"}]}}
    return {"toEndpoints": [{"matchLabels": {IN_NAMESPACE: namespace}}], "toPorts": [queries]}


def _reach(target: Target) -> Object:
    way = "matchPattern" if "*" in target.host else "matchName"
    ports = [{"port": str(port), "protocol": "TCP"} for port in target.ports]
    return {"toFQDNs": [{way: target.host}], **({"toPorts": [{"ports": ports}]} if ports else {})}
