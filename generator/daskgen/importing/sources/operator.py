"""Read manifests of the dask-kubernetes operator: DaskJob, DaskCluster, its worker groups and its autoscaler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from daskgen.engine.operator import NAME
from daskgen.findings.problem import Problem
from daskgen.importing.draft import CONTAINER, Draft, Note, Part, take_object
from daskgen.importing.reading.documents import find_name, find_short_name
from daskgen.parts.workers import DEFAULT, WorkerGroup
from daskgen.paths import Path, get
from daskgen.yaml.read import Source

KINDS = ("DaskCluster", "DaskWorkerGroup", "DaskAutoscaler", "DaskJob")

OLD_POD: Mapping[str, Path] = {
    "image": (*CONTAINER, "image"),
    "imagePullPolicy": (*CONTAINER, "imagePullPolicy"),
    "imagePullSecrets": ("spec", "imagePullSecrets"),
    "env": (*CONTAINER, "env"),
    "resources": (*CONTAINER, "resources"),
}
"""Fields of the format of 2022 that describe pods, and their places in a template."""

OLD_SHARED = ("image", "imagePullPolicy", "imagePullSecrets")
"""Fields of that format that hold for the scheduler, too."""

OLD = {*OLD_POD, "replicas", "protocol"}

OF_JOB: Path = ("spec", "cluster", "spec")
"""Place of the cluster in a DaskJob."""

PROTOCOL = "tcp is the default of Dask"


def draft_clusters(documents: Sequence[Source]) -> tuple[list[Draft], list[Problem]]:
    """Draft each DaskCluster, and report groups and autoscalers that belong to none."""
    of_kind = {kind: [document for document in documents if document.value["kind"] == kind] for kind in KINDS}
    drafts = [_draft(document) for document in of_kind["DaskCluster"]]
    jobs = [_draft_job(document) for document in of_kind["DaskJob"]]
    problems = [problem for kind in KINDS[:2] for document in of_kind[kind] for problem in _report_format(document)]
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
    return [*drafts, *jobs], problems


def _draft(document: Source) -> Draft:
    draft = Draft(find_name(document), document.file, "operator", [document])
    own = Part("object", kind="DaskCluster", name=NAME)
    draft.objects.append(take_object(document, own, "scheduler", "worker", *_find_old(document)))
    _take_scheduler(draft, document, ("spec", "scheduler"))
    for key in set(OLD_SHARED).intersection(_find_old(document)):
        draft.scheduler.take(document, ("spec", key), OLD_POD[key])
    draft.workers.append(_take_workers(document, DEFAULT))
    if get(document.value, ("spec", "protocol")) == "tcp":
        draft.notes.append(Note(document, ("spec", "protocol"), PROTOCOL))
    return draft


def _draft_job(document: Source) -> Draft:
    """Draft a DaskJob: its job, and the cluster that it holds."""
    job, workers = Part("job"), Part("workers", DEFAULT)
    draft = Draft(find_name(document), document.file, "operator", [document], workers=[workers], job=job)
    job.take(document, ("spec", "job"))
    workers.take(document, (*OF_JOB, "worker"))
    _take_scheduler(draft, document, (*OF_JOB, "scheduler"))
    own = take_object(document, Part("object", kind="DaskJob", name=NAME), "job", "cluster")
    for holder, besides in ((OF_JOB[:-1], {"spec"}), (OF_JOB, {"scheduler", "worker"})):
        for key in (key for key in get(document.value, holder) or {} if key not in besides):
            own.take(document, (*holder, key), (*holder, key))
    draft.objects.append(own)
    return draft


def _take_scheduler(draft: Draft, document: Source, place: Path) -> None:
    for key in get(document.value, place) or {}:
        part, to = _place_field(draft, key)
        part.take(document, (*place, key), to)


def _place_field(draft: Draft, key: str) -> tuple[Part, Path]:
    """Return the part that a field of `spec.scheduler` belongs to, and its path there."""
    if key == "service":
        return draft.service, ()
    if key == "serviceType":
        return draft.service, ("type",)
    return draft.scheduler, OLD_POD.get(key, (key,))


def _find_old(document: Source) -> list[str]:
    """Return the fields of the format of 2022, which has no map `worker`."""
    spec = get(document.value, ("spec",))
    return [key for key in spec if key in OLD] if isinstance(spec, dict) and "worker" not in spec else []


def _report_format(document: Source) -> Iterator[Problem]:
    if old := _find_old(document):
        message = (
            f"{', '.join(f'spec.{key}' for key in old)}: the operator's format of 2022, which it no longer supports"
        )
        at = document.at(("spec", old[0]), key=True)
        yield Problem(at, "DG615", message, "check the imported spec, then render and apply it", "warning")


def _find_cluster(document: Source, drafts: Sequence[Draft]) -> Draft | None:
    """Find the cluster of a group or an autoscaler, by name; of several, the one in the same namespace."""
    name, namespace = get(document.value, ("spec", "cluster")), get(document.value, ("metadata", "namespace"))
    named = [draft for draft in drafts if get(draft.documents[0].value, ("metadata", "name")) == name]
    near = [draft for draft in named if draft.namespace() == str(namespace or "")]
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
        draft.notes.append(Note(document, (), "the operator creates this group itself"))
        message = f"{written} is not imported: the operator creates it for DaskCluster {cluster}"
        yield Problem(document.at(("metadata", "name")), "DG605", message, severity="warning")
        return
    draft.workers.append(_take_workers(document, group))
    own = Part("object", kind="DaskWorkerGroup", name=WorkerGroup.model_construct(name=group).object_name)
    draft.objects.append(take_object(document, own, "worker", "cluster", *_find_old(document)))


def _take_workers(document: Source, group: str) -> Part:
    part = Part("workers", group)
    part.take(document, ("spec", "worker"))
    for key in set(_find_old(document)) - {"protocol"}:
        part.take(document, ("spec", key), OLD_POD.get(key, (key,)))
    return part


def _report_stray(document: Source) -> Problem:
    name, kind = get(document.value, ("spec", "cluster")), document.value["kind"]
    message = f"{kind} {find_name(document)} belongs to DaskCluster {name}, which is not in the files"
    return Problem(document.at(("spec", "cluster")), "DG609", message, "import both together")
