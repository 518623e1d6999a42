"""Read plain manifests: Deployments of a scheduler and of workers, and its Service, by commands and names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from daskgen.importing.draft import Draft, Part, take_object
from daskgen.importing.reading.command import ADDRESS, read_command
from daskgen.importing.reading.documents import find_instance, find_short_name
from daskgen.model.patterns import SCHEDULER_ADDRESS
from daskgen.parts.workers import DEFAULT, WorkerGroup
from daskgen.paths import Path, get
from daskgen.yaml.read import Source

KINDS = ("Deployment", "Service", "Pod")

ROLES = ("scheduler", "worker")

DEPLOYMENT_FIELDS = {"selector", "strategy", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"}
"""All fields of a Deployment's spec except `replicas` and `template`, which describe its pods."""


def draft_clusters(documents: Sequence[Source]) -> list[Draft]:
    """Draft a cluster for each scheduler, and one for workers without a scheduler. Leaves out other programs.

    Leaves out objects with an owner: the operator creates Deployments, and these create Pods.
    """
    drafts: list[Draft] = []
    for role, add in (("scheduler", _add_scheduler), ("worker", _add_workers)):
        for document in documents:
            if _find_role(document) == role and not get(document.value, ("metadata", "ownerReferences")):
                add(drafts, document)
    for draft in drafts:
        _join(draft)
    return [draft for draft in drafts if any(document.value["kind"] != "Service" for document in draft.documents)]


def _join(draft: Draft) -> None:
    """Have workers whose scheduler is not in the files join it where it is."""
    found = [address for part in draft.workers for address in _find_addresses(part)]
    if found and not draft.scheduler.moves:
        address = found[0] if "://" in found[0] else f"tcp://{found[0]}"
        if re.search(SCHEDULER_ADDRESS, address):
            draft.spec["scheduler"] = {"address": address}


def _find_addresses(part: Part) -> Iterator[str]:
    """Find the addresses of schedulers in the commands and variables of workers."""
    for container in get(part.tree, ("spec", "containers")) or []:
        command = read_command(container) if isinstance(container, dict) else None
        yield from (option.value for option in (command.options if command else ()) if option.name == ADDRESS)
        for variable in (container.get("env") or []) if command else ():
            if variable.get("name") == "DASK_SCHEDULER_ADDRESS" and isinstance(variable.get("value"), str):
                yield variable["value"]


def _find_role(document: Source) -> str:
    """Return the role of a Deployment's pods or a Service's target, by command or name; "" if it is not Dask."""
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
    """Return the path of a document's pod template; all of a Pod, such as older KubeClusters take, is one."""
    return () if document.value["kind"] == "Pod" else ("spec", "template")


def _name_cluster(document: Source, role: str) -> tuple[str, str]:
    """Return the names of the cluster and the group: the parts of an object's name before and after its role."""
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
    """Add a Deployment or Service to the cluster of its name that has none yet."""
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


def find_group(document: Source) -> str:
    """Return the name of the group of workers that a Deployment runs."""
    return _name_cluster(document, "worker")[1] or DEFAULT


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
    """Take the values of the pods, and separately those of the Deployment itself."""
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
