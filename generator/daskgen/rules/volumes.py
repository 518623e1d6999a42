"""Rules about volumes: where they may be used, and the claims that a spec creates."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.parts.claims import NewClaim
from daskgen.parts.storage import STATED, Volume
from daskgen.parts.workers import WorkerGroup
from daskgen.paths import Path
from daskgen.rules import Rule, RuleContext

SHARED = {"ReadOnlyMany", "ReadWriteMany"}
"""Access modes with which pods on several nodes can mount a claim."""


def check_platform(context: RuleContext) -> Iterator[Finding]:
    """Refuse volumes on OpenShift that its restricted-v2 refuses, whatever the reason in the spec."""
    if context.cluster.platform != "openshift":
        return
    for path, volume in context.cluster.find_volumes():
        for source in STATED:
            if source in volume.source():
                message = f"OpenShift's restricted-v2 refuses every {source} volume"
                yield Finding((*path, source), "DG322", message, "use persistentVolumeClaim or csi", key=True)


def check_created(context: RuleContext) -> Iterator[Finding]:
    """Refuse two different claims of one name, and the short name of a created claim in place of its full name."""
    created: dict[str, tuple[Path, NewClaim]] = {}
    for path, volume, claim in _find_created(context):
        first = created.setdefault(volume.name, (path, claim))
        if first[1] != claim:
            message = f"the claim {context.cluster.name}-{volume.name} is created with other values too"
            yield Finding((*path, *CREATE), "DG257", message, "write the same values, or rename the volume")
    for path, volume in context.cluster.find_volumes():
        name = volume.persistent_volume_claim and volume.persistent_volume_claim.claim_name
        if name and name in created:
            message = f"claimName {name} is the short name of the claim that volume {name} creates"
            hint = f"write claimName: {context.cluster.name}-{name}, or rename the volume that creates the other claim"
            yield Finding((*path, "persistentVolumeClaim", "claimName"), "DG257", message, hint)


CREATE: Path = ("persistentVolumeClaim", "create")


def check_access(context: RuleContext) -> Iterator[Finding]:
    """Report a created claim that several pods mount, but only on one node."""
    groups: dict[Path, WorkerGroup] = {("workers", index): group for index, group in enumerate(context.cluster.workers)}
    for path, volume, claim in _find_created(context):
        users = [place for place, mounted in context.cluster.find_volumes() if _is_of(context, mounted, volume.name)]
        pods = sum(_count_pods(groups.get(place[:2])) for place in users)
        if pods > 1 and not SHARED.intersection(claim.access_modes):
            message = f"{pods} pods mount claim {volume.name}, which {', '.join(claim.access_modes)} keeps on one node"
            hint = "write accessModes: [ReadWriteMany] or [ReadOnlyMany], of a StorageClass that has it"
            yield Finding((*path, *CREATE), "DG257", message, f"{hint}, or use ephemeral", "warning")


def _is_of(context: RuleContext, volume: Volume, name: str) -> bool:
    """Return whether a volume is on the created claim of this short name."""
    claim = volume.persistent_volume_claim
    if not claim:
        return False
    return volume.name == name if claim.create else claim.claim_name == f"{context.cluster.name}-{name}"


def _count_pods(group: WorkerGroup | None) -> int:
    return group.replicas.max if group else 1


def _find_created(context: RuleContext) -> Iterator[tuple[Path, Volume, NewClaim]]:
    for path, volume in context.cluster.find_volumes():
        claim = volume.persistent_volume_claim
        if claim and claim.create:
            yield path, volume, claim.create


RULES: tuple[Rule, ...] = (check_platform, check_created, check_access)
