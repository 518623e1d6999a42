"""The words for what an effect costs, or why it happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from daskgen.plan.effect import Cost, Fact, Subject
from daskgen.plan.say.subjects import name_subject
from daskgen.words import enumerate_all

FACTS: Mapping[Fact, str] = {
    Fact.LOST: "what runs, and what its workers hold in memory, is lost",
    Fact.LOST_THEN: "then what runs, and what its workers hold in memory, is lost",
    Fact.NAMESPACE_LOST: "so is its namespace, with all that others have there",
    Fact.CLAIMS_LOST: "PersistentVolumeClaims go with their data, unless volumes are kept: {0}",
    Fact.POD_VOLUMES_LOST: "volumes made for each pod go with their data: {0}",
    Fact.CLAIMS_KEPT: "PersistentVolumeClaims of others stay: {0}",
    Fact.CLAIMS_RETAINED: "PersistentVolumeClaims that it created stay until somebody deletes them: {0}",
    Fact.RETAINED: "it keeps its data, and nothing manages it; delete it by hand when nobody needs it",
    Fact.CLAIM_FIXED: "of a claim only the size can change, and only grow: create one under another volume name",
    Fact.CLAIM_GROWS: "its volume grows, if its StorageClass allows volume expansion",
    Fact.LEVEL_LOWERED: "the namespace enforces Pod Security {0} instead of {1}: it admits pods with more rights",
    Fact.PODS_HAND_OVER: "its pods hand over what they hold and go",
    Fact.NAMESPACE_EMPTIED: "with everything in it, also of others",
    Fact.DATA_DELETED: "with the data on it, unless its volume is kept",
    Fact.UNPROTECTED: "it no longer restricts who connects",
    Fact.UNBUDGETED: "drains of nodes no longer wait for its pods",
    Fact.SELECTOR_FIXED: "its selector cannot be changed: delete it first",
    Fact.SCALED_DOWN: "pods that go hand what they hold to the others first",
    Fact.SCALED_TO_ZERO: "what they hold moves to other groups, or is lost where there are none",
    Fact.ROLLED_BY_QUARTERS: "a quarter of the workers at a time, each handing over what it holds first",
    Fact.ROLLED_ALONE: "its one worker's data moves to other groups, or is lost where there are none",
    Fact.STARTS_EMPTY: "the new one is created beside the old one, and starts empty",
    Fact.OLD_DELETED: "then the old one is deleted by {0}",
    Fact.PORT_TAKEN: "Kubernetes refuses it while {1} has node port {0}",
    Fact.SHARED_ROUTE: "{1} also answers at {0} until it is deleted, and ingress controllers may refuse one of them",
    Fact.NEVER_FREED: "all of group {1} has to be applied before anything is deleted by {0}, so it is never freed",
    Fact.FREED_LATER: "it is tried again until the old one has been deleted by {0}",
    Fact.FREED_BY_HAND: "nothing deletes the old one until somebody does",
    Fact.DELETED_BY_HAND: "once somebody deletes it",
    Fact.IN_TWO_COMMITS: "take another port, or two commits: first take the port away from the old one and wait until "
    "that is applied, then rename or move the cluster",
    Fact.MAY_BE_PENDING: "a node port may have held back `renamedFrom: {0}`; if {0} still runs, it is deleted now",
    Fact.UNMANAGED: "it keeps running, and nothing manages it",
    Fact.ENGINE_GONE: "the engine that delivered it is taken away",
    Fact.GROUP_GONE: "its group {0} goes, and takes nothing along",
    Fact.GROUP_MOVED: "its group {0} goes to another Kubernetes cluster",
    Fact.PRUNE_OFF: "prune is false",
    Fact.MANAGED_BY_PEOPLE: "no engine delivers it",
    Fact.DELETED_WITH_GROUP: "deleted with group {0} by {1}",
    Fact.CREATED_AGAIN: "created again with group {0}",
    Fact.NOT_CREATED_AGAIN: "nothing creates it again",
    Fact.TAKEN_OVER: "taken over by {0} as it is: nothing restarts",
    Fact.CLUSTERS_TAKEN_OVER: "clusters that are taken over as they are: {0}; nothing restarts",
    Fact.LEFT_TO_PEOPLE: "it keeps running, and no engine delivers it",
    Fact.PRUNED: "pruned by {0}",
    Fact.ADOPTED: "not pruned by {0}, as the operator has adopted it: it keeps running until somebody deletes it",
    Fact.AUTOSCALED: "an autoscaler owns the number, and engines leave it alone unless more of the object changes",
    Fact.BESIDE_OLD: "the new one is created beside the old one, which is pruned by {0}, or deleted by hand",
    Fact.RECREATED_BY: "recreated by {0}, for a change of replicas too; whatever else applies it only scales",
    Fact.HANDED_OVER: "its workers hand over what they hold first",
    Fact.PODS_KEPT: "pods stay as they were, also those added later, until somebody recreates the cluster",
    Fact.CONFIGURATION_KEPT: "pods that run keep theirs, those added later read the new one, until somebody recreates "
    "the cluster",
    Fact.JOB_KEPT: "it goes on as it is, or has ended; recreated, it runs once more",
    Fact.GROUP_PODS_KEPT: "pods that run stay as they were, those added later do not, until somebody recreates them",
    Fact.BEGINS_BY_HAND: "apply its folder once, by hand",
    Fact.ENDS_BY_HAND: "what it has delivered keeps running, and so do its own objects, which do not find their folder "
    "any more: end it by hand first, as docs/gitops.md says",
    Fact.OWN_OBJECTS_RECREATED: "its own objects are created under their new names, then the old ones deleted",
    Fact.SOURCE_DECIDES: "what is there is what runs from then on, whatever this plan says",
    Fact.OPERATOR_MISSED: "its clusters keep running, and nothing scales or deletes them any more: delete them first",
    Fact.OPERATOR_PAUSED: "its clusters keep running; none is created, scaled or deleted until it is back",
    Fact.OPERATOR_KEPT: "it keeps running, and nothing manages it, as its group goes, and takes nothing along; delete "
    "it after its clusters",
    Fact.OPERATOR_ALONE: "it keeps running, and nothing manages it: delete it after its clusters",
    Fact.DEFINITIONS_KEPT: "{0} leave them; kubectl would delete every object of their kinds, too, in all namespaces",
    Fact.USERS_LEFT: "its clusters: {0}",
    Fact.USERS_GO: "in one merge with {0}: let these go first, or they hang at its finalizer",
    Fact.BROUGHT_BY: "applied by {0}, and may be pruned",
    Fact.UNKNOWN_OWNER: "it is in no file any more, and no engine is known to prune it",
    Fact.SAID_BY_SERVER: "{0}",
}
"""Numbers in braces are places in the values of a cost."""


def say_cost(cost: Cost) -> str:
    """Write what an effect costs."""
    return FACTS[cost.fact].format(*map(_say_value, cost.values))


def _say_value(value: Any) -> str:
    if isinstance(value, Subject):
        return name_subject(value)
    return enumerate_all(value) if isinstance(value, tuple) else str(value)
