"""Manifests of the dask-kubernetes operator: DaskCluster, and the groups and autoscalers that name it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daskgen.engine.operator import NAME
from daskgen.findings.problem import Problem
from daskgen.importing.draft import Draft, Note, Part, take_object
from daskgen.importing.reading.documents import find_name, find_short_name
from daskgen.parts.workers import DEFAULT, WorkerGroup
from daskgen.paths import get
from daskgen.yaml.read import Source

KINDS = ("DaskCluster", "DaskWorkerGroup", "DaskAutoscaler")


def draft_clusters(documents: Sequence[Source]) -> tuple[list[Draft], list[Problem]]:
    """Draft each DaskCluster, and say which groups and autoscalers are of none."""
    of_kind = {kind: [it for it in documents if it.value["kind"] == kind] for kind in KINDS}
    drafts = [_draft(it) for it in of_kind["DaskCluster"]]
    problems: list[Problem] = []
    for document in [*of_kind["DaskWorkerGroup"], *of_kind["DaskAutoscaler"]]:
        draft = _find_cluster(document, drafts)
        if not draft:
            problems.append(_report_stray(document))
            continue
        draft.documents.append(document)
        if document.value["kind"] == "DaskAutoscaler":
            _add_autoscaler(draft, document)
        else:
            problems += _add_group(draft, document)
    return drafts, problems


def _draft(document: Source) -> Draft:
    draft = Draft(find_name(document), document.file, "operator", [document])
    draft.objects.append(take_object(document, Part("object", kind="DaskCluster", name=NAME), "scheduler", "worker"))
    for key in get(document.value, ("spec", "scheduler")) or {}:
        part, to = (draft.service, ()) if key == "service" else (draft.scheduler, (key,))
        part.take(document, ("spec", "scheduler", key), to)
    draft.workers.append(_take_workers(document, DEFAULT))
    return draft


def _find_cluster(document: Source, drafts: Sequence[Draft]) -> Draft | None:
    """Whose it is: names are those of DaskClusters, which may be of one name in several namespaces."""
    name, namespace = get(document.value, ("spec", "cluster")), get(document.value, ("metadata", "namespace"))
    named = [it for it in drafts if get(it.documents[0].value, ("metadata", "name")) == name]
    near = [it for it in named if it.namespace() == str(namespace or "")]
    return next(iter([*near, *named]), None)


def _add_autoscaler(draft: Draft, document: Source) -> None:
    draft.objects.append(take_object(document, Part("object", kind="DaskAutoscaler", name=NAME), "cluster"))
    draft.notes.append(Note(document, ("spec", "cluster"), field="name"))


def _add_group(draft: Draft, document: Source) -> Iterator[Problem]:
    written = str(get(document.value, ("metadata", "name")) or "")
    cluster = str(get(document.value, ("spec", "cluster")))
    group = find_short_name(document).removeprefix(f"{cluster}-").removeprefix("worker-").removesuffix("-worker-group")
    draft.notes.append(Note(document, ("spec", "cluster"), field="name"))
    if group == DEFAULT:
        draft.notes.append(Note(document, (), "the operator makes this group itself"))
        message = f"the operator makes {written} itself, of DaskCluster {cluster}; it is left out"
        yield Problem(document.at(("metadata", "name")), "DG605", message, severity="warning")
        return
    draft.workers.append(_take_workers(document, group))
    name = WorkerGroup.model_construct(name=group).object_name
    draft.objects.append(take_object(document, Part("object", kind="DaskWorkerGroup", name=name), "worker", "cluster"))


def _take_workers(document: Source, group: str) -> Part:
    part = Part("workers", group)
    part.take(document, ("spec", "worker"))
    return part


def _report_stray(document: Source) -> Problem:
    name, kind = get(document.value, ("spec", "cluster")), document.value["kind"]
    message = f"{kind} {find_name(document)} is of DaskCluster {name}, which is not here"
    return Problem(document.at(("spec", "cluster")), "DG609", message, "import both together")
