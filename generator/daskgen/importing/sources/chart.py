"""Read values of the `dask` Helm chart, and place them as its templates do (dask/helm-chart, dask/templates)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from daskgen.auth.forward import take_login
from daskgen.findings.problem import Problem
from daskgen.importing.draft import CONTAINER, OWN, Draft, Note, Part, has_path
from daskgen.importing.reasons import ALONE, AMOUNTS, NAMED, PORTS, ROLLED, SERVED
from daskgen.parts.workers import WorkerGroup
from daskgen.paths import Path, get
from daskgen.yaml.read import Source

BLANK: tuple[Any, ...] = (None, {}, [], "")

POD: Mapping[Path, Path] = {
    ("image", "pullPolicy"): (*CONTAINER, "imagePullPolicy"),
    ("image", "pullSecrets"): ("spec", "imagePullSecrets"),
    ("env",): (*CONTAINER, "env"),
    ("resources",): (*CONTAINER, "resources"),
    ("livenessProbe",): (*CONTAINER, "livenessProbe"),
    ("readinessProbe",): (*CONTAINER, "readinessProbe"),
    ("mounts", "volumes"): ("spec", "volumes"),
    ("mounts", "volumeMounts"): (*CONTAINER, "volumeMounts"),
    ("annotations",): ("metadata", "annotations"),
    ("tolerations",): ("spec", "tolerations"),
    ("affinity",): ("spec", "affinity"),
    ("nodeSelector",): ("spec", "nodeSelector"),
    ("securityContext",): ("spec", "securityContext"),
    ("serviceAccountName",): ("spec", "serviceAccountName"),
}
"""Values of a block that a template copies, and their targets."""

REASONS: Mapping[Path, str] = {
    ("scheduler", "name"): NAMED,
    ("webUI", "name"): NAMED,
    ("worker", "name"): NAMED,
    ("scheduler", "replicas"): ALONE,
    ("scheduler", "enabled"): ALONE,
    ("scheduler", "servicePort"): SERVED,
    ("webUI", "servicePort"): SERVED,
    ("worker", "port"): PORTS,
    ("worker", "portDashboard"): PORTS,
    ("worker", "strategy"): ROLLED,
    ("worker", "default_resources"): AMOUNTS,
}
"""Values that need no field of the spec, and why."""

MONITORED = "ServiceMonitors and PodMonitors are not imported; keep them in files of your own"

LEFT: Mapping[Path, str] = {
    (
        "jupyter",
    ): "write notebooks: [{kind: jupyter, token: SECRET}], which needs a login of your own (docs/notebooks.md)",
    ("scheduler", "metrics"): MONITORED,
    ("worker", "metrics"): MONITORED,
}
"""Values that the user has to handle, and why."""

DEFAULT_REPLICAS = 3
"""Default number of workers of a group (dask/values.yaml)."""

INGRESS = ("webUI", "ingress")

CLASS = "kubernetes.io/ingress.class"
"""Annotation for the class of an Ingress before Kubernetes 1.18."""

CLASSLESS = "the Ingress has no class, which expose.dashboard needs; write the class and the host there"

OFF = "it is not enabled"

JOINED = "the workers join another scheduler, at scheduler.address"


def is_values(value: Any) -> bool:
    """Return whether a document without a kind looks like values of this chart."""
    blocks = ("scheduler", "worker") if isinstance(value, dict) and "kind" not in value else ()
    return any(isinstance(value.get(block), dict) for block in blocks)


def draft_cluster(document: Source) -> Draft:
    """Draft the cluster that the chart installs. Its values contain neither the release nor the namespace."""
    name = get(document.value, ("fullnameOverride",)) or FilePath(document.file).stem
    draft = Draft(str(name), document.file, "deployments", [document])
    draft.notes.append(Note(document, ("fullnameOverride",), field="name"))
    joined = _find_schedulers(document)
    if joined:
        draft.spec["scheduler"] = {"address": next(iter(joined.values()))}
        draft.notes += [Note(document, path, field="scheduler.address") for path in joined]
        draft.notes.append(Note(document, ("scheduler",), JOINED))
    else:
        _fill(draft.scheduler, draft, document, ("scheduler",))
    service = Part("object", kind="Service", name="scheduler")
    service.take(document, ("scheduler", "serviceAnnotations"), ("metadata", "annotations"))
    draft.objects.append(service)
    draft.service.take(document, ("scheduler", "serviceType"), ("type",))
    draft.workers.append(_fill(Part("workers"), draft, document, ("worker",)))
    for index, group in enumerate(get(document.value, ("additional_worker_groups",)) or []):
        part = Part("workers", str(get(group, ("name",)) or f"group-{index + 1}"))
        draft.notes.append(Note(document, ("additional_worker_groups", index, "name"), field="workers.name"))
        draft.workers.append(_fill(part, draft, document, ("worker",), ("additional_worker_groups", index)))
    _expose(draft, document)
    reasons = {path: reason for path, reason in REASONS.items() if not (joined and path[0] == "scheduler")}
    draft.notes += [Note(document, path, reason) for path, reason in reasons.items() if has_path(document.value, path)]
    draft.notes += [Note(document, path, reason, left=True) for path, reason in LEFT.items()]
    draft.notes += [Note(document, path, OFF) for path in _find_disabled(document.value, ())]
    draft.made = {("Service", "scheduler"), ("Deployment", "scheduler"), *map(_name_deployment, draft.workers)}
    return draft


def _name_deployment(part: Part) -> tuple[str, str]:
    return "Deployment", WorkerGroup.model_construct(name=part.group).object_name


def check_values(document: Source) -> Iterator[Problem]:
    """Report a scheduler that the values do not create, and warn about the Jupyter server that they do."""
    joined = _find_schedulers(document)
    if len(set(joined.values())) > 1:
        message = f"groups of workers join several schedulers: {', '.join(sorted(set(joined.values())))}"
        yield Problem(document.at(list(joined)[-1]), "DG612", message, "import a file for each of them")
    if get(document.value, ("scheduler", "enabled")) is False and not joined:
        message = "these values create workers but no scheduler, and do not say which one they join"
        hint = "write its address as worker.custom_scheduler_url, and import again"
        yield Problem(document.at(("scheduler", "enabled")), "DG612", message, hint)
    if not has_path(document.value, ("jupyter",)):
        message = "the chart creates a Jupyter server by default, which is not imported"
        yield Problem(
            document.at(()),
            "DG617",
            message,
            "write notebooks: [{kind: jupyter, token: SECRET}], or set jupyter.enabled: false if you do not use it",
            "warning",
        )


def _find_schedulers(document: Source) -> dict[Path, str]:
    """Find the addresses of schedulers elsewhere that workers join, by path."""
    groups = range(len(get(document.value, ("additional_worker_groups",)) or []))
    blocks: list[Path] = [("worker",), *(("additional_worker_groups", index) for index in groups)]
    paths = ((*block, "custom_scheduler_url") for block in blocks)
    return {path: str(url) for path in paths if (url := get(document.value, path)) not in BLANK}


def _fill(part: Part, draft: Draft, document: Source, *blocks: Path) -> Part:
    """Take the values of a pod from blocks of values; of several, the last with a value counts."""
    for block in blocks:
        for source, to in POD.items():
            _take_all(part, document, (*block, *source), to)
        if part.role == "workers":
            part.put(("replicas",), get(part.tree, ("replicas",)) or DEFAULT_REPLICAS)
            part.take(document, (*block, "replicas"), ("replicas",))
            _take_default_resources(part, document, block)
        _take_image(part, draft, document, block)
    _take_arguments(part, document, blocks)
    return part


def _take_all(part: Part, document: Source, origin: Path, to: Path) -> None:
    """Take values entry by entry: the chart merges the values of a group with those of all workers."""
    value = get(document.value, origin)
    if isinstance(value, dict):
        for key in value:
            _take_all(part, document, (*origin, key), (*to, key))
    elif value not in BLANK:
        part.take(document, origin, to)


def _take_image(part: Part, draft: Draft, document: Source, block: Path) -> None:
    repository, tag = (get(document.value, (*block, "image", field)) for field in ("repository", "tag"))
    if repository:
        part.put((*CONTAINER, "image"), f"{repository}:{tag}" if tag else repository)
        part.note((*CONTAINER, "image"), document, (*block, "image", "repository"))
        draft.notes.append(Note(document, (*block, "image", "tag"), field="image"))


def _take_default_resources(part: Part, document: Source, block: Path) -> None:
    """Return the chart's default resources, which it writes in Dask's units, such as 4GiB."""
    limits = get(document.value, (*block, "resources", "limits")) or {}
    for name, amount in (get(document.value, (*block, "default_resources")) or {}).items():
        if name not in limits:
            part.put((*CONTAINER, "resources", "limits", name), str(amount).removesuffix("B"))


def _take_arguments(part: Part, document: Source, blocks: Sequence[Path]) -> None:
    program = _find_last(document, blocks, "image", "dask_worker") if part.role == "workers" else ()
    words = str(get(document.value, program)).split() if program else ["dask", OWN[part.role]]
    part.put((*CONTAINER, "args"), words)
    if program:
        part.note((*CONTAINER, "args"), document, program)
    threads = _find_last(document, blocks, "threads_per_worker")
    if threads:
        _add_argument(part, f"--nthreads={get(document.value, threads)}", document, threads)
    arguments = _find_last(document, blocks, "extraArgs")
    for index, argument in enumerate(get(document.value, arguments) if arguments else []):
        _add_argument(part, str(argument), document, (*arguments, index))


def _find_last(document: Source, blocks: Sequence[Path], *field: str) -> Path:
    """Return the path of a field in the last block that has it; () if none does."""
    said = [(*block, *field) for block in blocks if get(document.value, (*block, *field)) not in BLANK]
    return said[-1] if said else ()


def _add_argument(part: Part, argument: str, document: Source, origin: Path) -> None:
    to = (*CONTAINER, "args", len(get(part.tree, (*CONTAINER, "args"))))
    part.put(to, argument)
    part.note(to, document, origin)


def _expose(draft: Draft, document: Source) -> None:
    ingress = get(document.value, INGRESS) or {}
    if ingress.get("enabled") is not True:
        return
    annotations = dict(ingress.get("annotations") or {})
    if not (ingress.get("ingressClassName") or annotations.get(CLASS)):
        draft.notes.append(Note(document, INGRESS, CLASSLESS, left=True))
        return
    dashboard = {
        "kind": "ingress",
        "class": ingress.get("ingressClassName") or annotations.pop(CLASS, None),
        "host": ingress.get("hostname"),
        "tls": {"secret": ingress["secretName"]} if ingress.get("tls") and ingress.get("secretName") else None,
        "auth": take_login(annotations),
        "annotations": annotations,
    }
    draft.spec["expose"] = {"dashboard": {key: value for key, value in dashboard.items() if value}}
    draft.notes.append(Note(document, INGRESS, field="expose.dashboard"))


def _find_disabled(value: Any, path: Path) -> list[Path]:
    """Return the blocks with `enabled: false`."""
    if not isinstance(value, dict):
        return []
    if value.get("enabled") is False:
        return [path]
    return [found for key, item in value.items() for found in _find_disabled(item, (*path, key))]
