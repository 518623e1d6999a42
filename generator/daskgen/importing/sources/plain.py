"""Read plain manifests: Deployments of a scheduler and of workers, and its Service, by commands and names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from daskgen.importing.draft import Draft, Part, take_object
from daskgen.importing.reading.command import read_command
from daskgen.importing.reading.documents import find_instance, find_short_name
from daskgen.parts.workers import DEFAULT, WorkerGroup
from daskgen.paths import Path, get
from daskgen.yaml.read import Source

KINDS = ("Deployment", "Service", "Pod")

ROLES = ("scheduler", "worker")

DEPLOYMENT_FIELDS = {"selector", "strategy", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"}
"""Fields of a Deployment that say nothing of its pods; with `replicas` and `template`, those that there are."""


def draft_clusters(documents: Sequence[Source]) -> list[Draft]:
    """Draft a cluster for each scheduler, and one for workers without any. Leaves out what is none of Dask's.

    And what another object owns: the operator makes Deployments, these make Pods.
    """
    drafts: list[Draft] = []
    for role, add in (("scheduler", _add_scheduler), ("worker", _add_workers)):
        for document in documents:
            if _find_role(document) == role and not get(document.value, ("metadata", "ownerReferences")):
                add(drafts, document)
    return [draft for draft in drafts if any(document.value["kind"] != "Service" for document in draft.documents)]


def _find_role(document: Source) -> str:
    """Return what a Deployment runs or a Service leads to, by command or name; "" if nothing of Dask."""
    containers = get(document.value, (*find_template(document), "spec", "containers"))
    for container in containers if isinstance(containers, list) else []:
        command = read_command(container) if isinstance(container, dict) else None
        if command:
            return command.role
    if not any(word in str(document.value) for word in ("dask", "8786")):
        return ""
    roles = ("scheduler",) if document.value["kind"] == "Service" else ROLES
    return next((role for role in roles if role in find_short_name(document)), "")


def find_template(document: Source) -> Path:
    """Where the template of a document's pods stands; of a Pod, such as older KubeClusters take, all of it is one."""
    return () if document.value["kind"] == "Pod" else ("spec", "template")


def _name_cluster(document: Source, role: str) -> tuple[str, str]:
    """The cluster's name, which stands before the role, and the group's, behind it."""
    if not get(document.value, ("metadata", "name")):
        return "dask", ""
    name = find_short_name(document)
    found = re.search(rf"(?:^|-){role}s?(?:-|$)", name) or re.search(role, name)
    before, after = (name[: found.start()].strip("-"), name[found.end() :].strip("-")) if found else (name, "")
    instance = find_instance(document)
    if instance or role == "worker":
        return instance or before, after
    return "-".join(filter(None, (before, after))) or "dask", ""


def _add_scheduler(drafts: list[Draft], document: Source) -> None:
    """Take a Deployment or Service for the cluster of its name that still has none."""
    kind, name = document.value["kind"], _name_cluster(document, "scheduler")[0]
    alike = [
        draft
        for draft in drafts
        if draft.name == name and not any(old.value["kind"] == kind for old in draft.documents)
    ]
    draft = next(iter(alike), None)
    if not draft:
        draft = Draft(name, document.file, "deployments")
        drafts.append(draft)
    draft.documents.append(document)
    part = Part("object", kind=kind, name="scheduler")
    if kind == "Service":
        draft.objects.append(take_object(document, part, *(get(document.value, ("spec",)) or {})))
        draft.service.take(document, ("spec",))
    else:
        _take_deployment(draft, document, draft.scheduler, part)


def _add_workers(drafts: list[Draft], document: Source) -> None:
    before, group = _name_cluster(document, "worker")
    alike = [draft for draft in drafts if draft.name == (before or group)] or (drafts if len(drafts) == 1 else [])
    if not alike:
        alike = [Draft(before or "dask", document.file, "deployments")]
        drafts += alike
    draft = next((draft for draft in alike if draft.file == document.file), alike[0])
    part = Part("workers", group or DEFAULT)
    draft.documents.append(document)
    draft.workers.append(part)
    name = WorkerGroup.model_construct(name=part.group).object_name
    _take_deployment(draft, document, part, Part("object", kind="Deployment", name=name))


def _take_deployment(draft: Draft, document: Source, pods: Part, own: Part) -> None:
    """Take what is said of the pods, and apart from it what is said of the Deployment itself."""
    if document.value["kind"] == "Pod":
        pods.take(document, ("metadata",), ("metadata",))
        pods.take(document, ("spec",), ("spec",))
        return
    spec = get(document.value, ("spec",))
    others = {key for key in spec if key not in DEPLOYMENT_FIELDS} if isinstance(spec, dict) else set()
    draft.objects.append(take_object(document, own, *others))
    pods.take(document, ("spec", "template"))
    for key in others - {"template", "metadata", "spec"}:
        pods.take(document, ("spec", key), (key,))
