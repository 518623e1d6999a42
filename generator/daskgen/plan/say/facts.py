"""Write the consequences and causes of effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from daskgen.plan.effect import EffectTarget
from daskgen.plan.facts import Cost, Fact
from daskgen.plan.say.targets import name_target
from daskgen.words import enumerate_all

FACTS: Mapping[Fact, str] = {
    Fact.LOST: "running computations and the data in the workers' memory are lost",
    Fact.LOST_THEN: "recreating it loses running computations and the data in the workers' memory",
    Fact.NAMESPACE_LOST: "its namespace is deleted too, with everything in it",
    Fact.CLAIMS_LOST: "PersistentVolumeClaims are deleted, with their data unless the volumes are retained: {0}",
    Fact.POD_VOLUMES_LOST: "volumes created for each pod are deleted with their data: {0}",
    Fact.CLAIMS_KEPT: "PersistentVolumeClaims that are not part of the cluster are kept: {0}",
    Fact.CLAIMS_RETAINED: "PersistentVolumeClaims that it created are kept until they are deleted by hand: {0}",
    Fact.RETAINED: "it keeps its data, and nothing manages it; delete it by hand when it is no longer needed",
    Fact.CLAIM_FIXED: "only the size of a claim can change, and only grow: create a claim under another volume name",
    Fact.CLAIM_GROWS: "its volume grows if its StorageClass allows volume expansion",
    Fact.FAMILY_FIXED: "the first IP family of a Service is immutable: delete the Service first",
    Fact.QUEUE_FIXED: "Kueue lets workers change their queue only while none of them is ready, and never leave it: "
    "delete the Deployment first; its workers hand over their data",
    Fact.LEVEL_LOWERED: "the namespace enforces Pod Security {0} instead of {1}, which admits pods with more rights",
    Fact.CLIENTS_ENCRYPT: "clients need a certificate from then on, and call the scheduler by tls://",
    Fact.CLIENTS_PLAIN: "clients call the scheduler by tcp:// from then on; everyone who reaches it runs code",
    Fact.CERTIFICATE_KEPT: "its scheduler keeps its first certificate, which lasts {0}: restart it before that",
    Fact.PODS_HAND_OVER: "its pods hand over their data, then stop",
    Fact.KERNELS_LOST: "its kernels end, and the variables of notebooks are lost; files on its volume stay",
    Fact.NAMESPACE_EMPTIED: "everything in it is deleted, also objects that others created",
    Fact.DATA_DELETED: "its data is deleted unless the volume is retained",
    Fact.UNPROTECTED: "it no longer restricts connections",
    Fact.UNBUDGETED: "node drains no longer wait for its pods",
    Fact.LOGIN_REMOVED: "requests for the dashboard no longer pass it",
    Fact.SESSIONS_KEPT: "its pod is replaced; people stay logged in unless a secret of it changes",
    Fact.SELECTOR_FIXED: "its selector is immutable: delete it first",
    Fact.SCALED_DOWN: "the removed pods hand over their data to the others first",
    Fact.SCALED_TO_ZERO: "their data moves to other groups, or is lost if there are none",
    Fact.ROLLED_BY_QUARTERS: "a quarter of the workers at a time; each hands over its data before it stops",
    Fact.ROLLED_ALONE: "the data of its only worker moves to other groups, or is lost if there are none",
    Fact.STARTS_EMPTY: "the new one is created beside the old one, without its data",
    Fact.OLD_DELETED: "the old one is then deleted by {0}",
    Fact.PORT_TAKEN: "Kubernetes refuses it while {1} uses node port {0}",
    Fact.SHARED_ROUTE: "{1} serves {0} too until it is deleted; ingress controllers may refuse one of the two",
    Fact.NEVER_FREED: "the port is never released, because all of group {1} has to be applied before anything is "
    "deleted by {0}",
    Fact.FREED_LATER: "applying is retried until the old one is deleted by {0}",
    Fact.FREED_BY_HAND: "the old one has to be deleted by hand",
    Fact.DELETED_BY_HAND: "if it is deleted by hand, the following applies",
    Fact.IN_TWO_COMMITS: "use another port, or two commits: first remove the port from the old one and wait until "
    "that is applied, then rename or move the cluster",
    Fact.MAY_BE_PENDING: "a node port that was in use may have blocked `renamedFrom: {0}`; if {0} still runs, it is "
    "deleted now",
    Fact.UNMANAGED: "it keeps running, but nothing manages it",
    Fact.ENGINE_GONE: "the engine that delivered it is removed",
    Fact.GROUP_GONE: "its group {0} is removed without deleting its objects",
    Fact.GROUP_MOVED: "its group {0} is moved to another Kubernetes cluster",
    Fact.PRUNE_OFF: "prune is false",
    Fact.MANAGED_BY_PEOPLE: "no engine delivers it",
    Fact.DELETED_WITH_GROUP: "deleted with group {0} by {1}",
    Fact.CREATED_AGAIN: "created again with group {0}",
    Fact.NOT_CREATED_AGAIN: "nothing creates it again",
    Fact.TAKEN_OVER: "taken over by {0} unchanged; nothing restarts",
    Fact.CLUSTERS_TAKEN_OVER: "clusters taken over unchanged: {0}; nothing restarts",
    Fact.LEFT_TO_PEOPLE: "it keeps running, but no engine delivers it any more",
    Fact.PRUNED: "pruned by {0}",
    Fact.ADOPTED: "not pruned by {0}, because the operator owns it: it keeps running until it is deleted by hand",
    Fact.AUTOSCALED: "an autoscaler owns the number; engines do not apply it unless another part of the object changes",
    Fact.NUMBER_AUTOSCALED: "an autoscaler sets their number, {0}",
    Fact.NUMBER_REMOVED: "one worker remains until the autoscaler sets another number, unless the command is "
    "run before the edit is applied",
    Fact.NUMBER_FIXED: "their number is {0} from now on; before, an autoscaler set it",
    Fact.BESIDE_OLD: "the new one is created beside the old one, which is pruned by {0} or has to be deleted by hand",
    Fact.RECREATED_BY: "recreated by {0}, also if only replicas change; other tools only scale it",
    Fact.HANDED_OVER: "its workers hand over their data first",
    Fact.PODS_KEPT: "running pods and pods added later keep the old spec until the cluster is recreated",
    Fact.CONFIGURATION_KEPT: "until the cluster is recreated, running pods keep the old configuration, and pods added "
    "later read the new one",
    Fact.JOB_KEPT: "the job itself does not change; if it is recreated, it runs again",
    Fact.GROUP_PODS_KEPT: "until the group is recreated, running pods keep the old spec, and pods added later have "
    "the new one",
    Fact.BEGINS_BY_HAND: "apply its folder once by hand",
    Fact.STILL_OFFERED: "the dashboard of OpenShift AI offers it until an administrator deletes it",
    Fact.ENDS_BY_HAND: "everything that it delivered keeps running; its own objects stay, and fail because their "
    "folders are gone, until they are deleted by hand",
    Fact.APPLIES_ON: "its own objects stay, and go on applying and pruning the groups beside {0}: delete them by hand "
    "once {0} reports every group as ready",
    Fact.CASCADES: "deleting them deletes the clusters too, unless an earlier commit sets cascade: false",
    Fact.OWN_OBJECTS_RECREATED: "its own objects are created under their new names, then the old ones are deleted",
    Fact.SOURCE_DECIDES: "from then on the fleet is what that source contains, whatever this plan shows",
    Fact.OPERATOR_MISSED: "its clusters keep running, but nothing scales or deletes them any more: delete them first",
    Fact.OPERATOR_PAUSED: "its clusters keep running, but none is created, scaled or deleted until it runs again",
    Fact.OPERATOR_KEPT: "it keeps running, but nothing manages it, because its group is removed without deleting its "
    "objects; delete it after its clusters",
    Fact.OPERATOR_ALONE: "it keeps running, but nothing manages it: delete it after its clusters",
    Fact.DEFINITIONS_KEPT: "{0} keep them; `kubectl delete` would also delete every object of their kinds, in all "
    "namespaces",
    Fact.USERS_LEFT: "its clusters: {0}",
    Fact.USERS_GO: "deleted in the same merge as {0}: delete these first, or their deletion waits forever for the "
    "operator's finalizer",
    Fact.BROUGHT_BY: "applied by {0} and may be pruned",
    Fact.UNKNOWN_OWNER: "it is not rendered any more, and no known engine prunes it",
    Fact.SAID_BY_SERVER: "{0}",
}
"""Numbers in braces are indexes of the values of a cost."""


def say_cost(cost: Cost) -> str:
    """Write one consequence or cause of an effect."""
    return FACTS[cost.fact].format(*map(_say_value, cost.values))


def _say_value(value: Any) -> str:
    if isinstance(value, EffectTarget):
        return name_target(value)
    return enumerate_all(value) if isinstance(value, tuple) else str(value)
