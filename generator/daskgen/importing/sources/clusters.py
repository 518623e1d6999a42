"""Sort documents into clusters, and name each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath

from daskgen.findings.problem import Problem
from daskgen.importing.draft import Draft
from daskgen.importing.reading.documents import STAND_IN
from daskgen.importing.sources import chart, hub, operator, packages, plain, scalers
from daskgen.model.patterns import SERVICE_NAME
from daskgen.paths import get
from daskgen.spec.cluster import RESERVED
from daskgen.yaml.read import Source

LONGEST = 40
"""Longest name of a cluster, in characters."""

KUSTOMIZE = "kustomize.config.k8s.io/"
"""Prefix of the API versions of kustomize."""


def draft_clusters(documents: Sequence[Source]) -> tuple[list[Draft], list[Problem]]:
    """Draft every cluster, and report the documents that belong to none."""
    objects = [document for document in documents if isinstance(get(document.value, ("kind",)), str)]
    operated, problems = operator.draft_clusters(
        [document for document in objects if document.value["kind"] in operator.KINDS]
    )
    made = plain.draft_clusters([document for document in objects if document.value["kind"] in plain.KINDS])
    values = [document for document in documents if chart.is_values(document.value)]
    charted = [chart.draft_cluster(document) for document in values]
    problems += [problem for document in values for problem in chart.check_values(document)]
    hubs = [document for document in documents if hub.is_values(document.value)]
    problems += [problem for document in hubs for problem in hub.check_values(document)]
    drafts = [*operated, *made, *charted]
    packages.take_packages(drafts, documents)
    found = [document for document in objects if document.value["kind"] in scalers.BOUNDS]
    taken = list(scalers.take_scalers(made, found))
    problems += [problem for _, problem in taken]
    known = {id(document) for draft in drafts for document in draft.documents}
    known |= {id(document) for document in (*hubs, *(scaler for scaler, _ in taken))}
    problems += [_report_kustomization(document) for document in documents if _is_kustomization(document)]
    strangers = [
        document
        for document in documents
        if id(document) not in known and get(document.value, ("kind",)) not in operator.KINDS
    ]
    return drafts, [
        *problems,
        *(_report_stranger(document) for document in strangers if not _is_kustomization(document)),
    ]


def _is_kustomization(document: Source) -> bool:
    """Return whether a document is for kustomize; a delivery engine has a kind of the same name."""
    version, kind = (str(get(document.value, (key,)) or "") for key in ("apiVersion", "kind"))
    if not kind:
        return FilePath(document.file).stem in ("kustomization", "Kustomization")
    return kind in ("Kustomization", "Component") and (not version or version.startswith(KUSTOMIZE))


def _report_kustomization(document: Source) -> Problem:
    folder = FilePath(document.file).parent
    message = "a kustomization lists other files and holds no objects; build it first"
    return Problem(document.at(()), "DG614", message, f"run: kustomize build {folder} | daskgen import -")


def _report_stranger(document: Source) -> Problem:
    kind, name = (get(document.value, path) for path in (("kind",), ("metadata", "name")))
    what = f"{kind} {name or ''}".strip() if kind else "a document without a kind"
    if kind == "Template":
        message = f"{what} is an OpenShift template, which is not imported"
        return Problem(document.at(()), "DG602", message, f"run: oc process -f {document.file} | daskgen import -")
    message = f"{what} is not imported: daskgen does not render objects of this kind for a cluster"
    return Problem(document.at(()), "DG605", message, "keep it in a file of your own", "warning")


def name_clusters(drafts: Sequence[Draft], name: str) -> Iterator[Problem]:
    """Name each cluster after `name`, its objects or its file, and report invalid names."""
    if name and len(drafts) > 1:
        at = drafts[1].documents[0].at(("metadata", "name"))
        yield Problem(at, "DG608", f"--name {name} names one cluster, but the files hold {len(drafts)}")
        return
    first: dict[str, Draft] = {}
    for draft in drafts:
        draft.name = name or _find_name(draft)
        yield from _check_name(draft, first.setdefault(draft.name, draft))


def _find_name(draft: Draft) -> str:
    """Return the draft's own name; that of its file if it is a placeholder."""
    return FilePath(draft.file).stem.strip("-") or "dask" if STAND_IN.search(draft.name) else draft.name


def _check_name(draft: Draft, first: Draft) -> Iterator[Problem]:
    at, other = (cluster.documents[0].at(("metadata", "name")) for cluster in (draft, first))
    if first is not draft:
        message = f"another cluster named {draft.name} is in {other.file}:{other.line}"
        yield Problem(at, "DG201", message, "import them one after the other, with --name")
    if not re.fullmatch(SERVICE_NAME, draft.name) or len(draft.name) > LONGEST or draft.name in RESERVED:
        message = f"{draft.name} is not a valid name of a cluster"
        hint = f"set another with --name: lower-case letters, digits and '-', at most {LONGEST} characters"
        yield Problem(at, "DG608", message, hint)
