"""Know NetworkPolicies alone, which every Kubernetes cluster that enforces policies understands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, final

from daskgen.cni import Cni, Site, Target
from daskgen.kubernetes.objects import Object


@final
class NoCni(Cni):
    """NetworkPolicies alone: targets are addresses and pods."""

    kind: Literal["none"] = "none"

    def admit(self, targets: Sequence[Target], site: Site) -> Object:
        """Admit nothing: a rule refuses names."""
        return {}
