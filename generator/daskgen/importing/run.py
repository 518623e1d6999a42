"""Import files: read manifests, draft clusters, write specs, and compare what they render with the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from daskgen.findings.problem import Position, Problem, has_errors, sort
from daskgen.importing.accounting.added import Bodies, list_objects, list_resources, list_settings
from daskgen.importing.accounting.compare import Comparison, Match, Place, compare, find_place
from daskgen.importing.accounting.entries import Entry, list_entries
from daskgen.importing.accounting.patches import edit_command, restore, write_patches
from daskgen.importing.draft import Draft
from daskgen.importing.drafting.checks import check_draft
from daskgen.importing.drafting.decided import remove_decided
from daskgen.importing.drafting.fields import write_spec
from daskgen.importing.drafting.misplaced import mend
from daskgen.importing.drafting.refused import Fitting, remove_refused
from daskgen.importing.reading.documents import STAND_IN, Placeholders, find_short_name, read_documents
from daskgen.importing.reading.shapes import check_shape
from daskgen.importing.sources.clusters import draft_clusters, name_clusters
from daskgen.layers.truth import index_truth
from daskgen.outside.files import CLUSTERS
from daskgen.render.cluster import RenderedCluster, render_cluster
from daskgen.spec.load import Settings
from daskgen.yaml.read import parse
from daskgen.yaml.write import dump

UNKNOWN = ("namespace", "image")
"""The value of a field that a spec needs and manifests may lack."""

WRITE = "write a file of kind: JupyterHub with the fields named below, as docs/notebooks.md shows"
"""What to do with values of a hub."""


class Imported(NamedTuple):
    """A cluster that was imported."""

    name: str
    file: str
    """The file of its spec."""
    text: str
    """The text of its spec."""
    files: tuple[str, ...]
    """The files that it was imported from."""
    entries: tuple[Entry, ...]
    """The outcome of each of their values."""
    added: tuple[str, ...]
    """Objects and settings that are only in the rendered cluster, in words."""
    placeholders: tuple[tuple[int, str], ...]
    """Lines of its file with placeholders, and these."""
    decisions: tuple[Problem, ...]
    """Errors and warnings that rendering its file will report."""


class Result(NamedTuple):
    """The clusters that were found, and the problems in the files; no clusters if there are errors."""

    clusters: tuple[Imported, ...]
    problems: tuple[Problem, ...]


def run(
    files: Mapping[str, bytes], settings: Settings, name: str = "", namespace: str = "", folder: str = CLUSTERS
) -> Result:
    """Import the clusters of some files into `folder`. `name` and `namespace` are used where the files have none."""
    placeholders = Placeholders()
    readings = [read_documents(data, file, placeholders) for file, data in files.items()]
    documents = [document for reading in readings for document in reading.documents]
    problems = [problem for reading in readings for problem in reading.problems]
    problems += [problem for document in documents for problem in check_shape(document)]
    if has_errors(problems):
        return Result((), _name_all(problems, placeholders))
    drafts, strays = draft_clusters(documents)
    problems += strays
    problems += name_clusters(drafts, name)
    problems += [problem for draft in drafts for problem in [*mend(draft), *check_draft(draft)]]
    if not drafts and not has_errors(problems):
        is_hub = any(problem.code == "DG618" for problem in problems)
        hint = WRITE if is_hub else "import needs a DaskCluster, Deployments of Dask, or values of the dask Helm chart"
        problems += [Problem(Position(file), "DG607", "the file holds no Dask cluster", hint) for file in files]
    imported: list[Imported] = []
    for draft in drafts if not has_errors(problems) else ():
        found = _Import(draft, settings, placeholders, folder).run(namespace)
        imported += [found] if isinstance(found, Imported) else []
        problems += [] if isinstance(found, Imported) else found
    return Result(() if has_errors(problems) else tuple(imported), _name_all(problems, placeholders))


def _name_all(problems: Sequence[Problem], placeholders: Placeholders) -> tuple[Problem, ...]:
    return sort(problem._replace(message=placeholders.restore(problem.message)) for problem in problems)


class _Import:
    """A cluster on its way from a draft to a spec."""

    def __init__(self, draft: Draft, settings: Settings, placeholders: Placeholders, folder: str) -> None:
        self.draft = draft
        self.file = f"{folder}/{draft.name}.yaml"
        self.settings = settings
        self.placeholders = placeholders
        self.files = tuple(dict.fromkeys(document.file for document in draft.documents))

    def run(self, namespace: str) -> Imported | list[Problem]:
        added = list(list_settings(self.draft))
        remove_decided(self.draft)
        spec, refused = self.write(namespace)
        before = self.prepare(spec)
        if not before.cluster:
            at = self.draft.documents[0].at(())
            return [Problem(at, "DG608", problem.message, problem.hint) for problem in before.problems]
        bodies = _find_bodies(before)
        comparisons = self.compare(bodies)
        patched = self.prepare(spec | self.patch(comparisons, bodies))
        comparisons = list(_confirm(comparisons, self.compare(_find_bodies(patched))))
        spec |= self.patch(comparisons, bodies)
        return Imported(
            name=self.draft.name,
            file=self.file,
            text=self.write_text(self.placeholders.restore(spec)),
            files=self.files,
            entries=tuple(list_entries(self.draft, comparisons, refused)),
            added=(*added, *list_resources(self.draft, bodies), *list_objects(self.draft, bodies)),
            placeholders=tuple(self.find_placeholders(spec)),
            decisions=_name_all(self.prepare(spec).problems, self.placeholders),
        )

    def write(self, namespace: str) -> Fitting:
        """Write the spec without patches."""
        shared = self.settings.fleet.defaults
        spec = write_spec(self.draft, self.draft.namespace() or namespace, shared)
        missing = {
            field: self.placeholders.stand_in(f"<{field}>") for field in UNKNOWN if field not in {*spec, *shared}
        }
        order = ("apiVersion", "kind", "platform", "engine", *UNKNOWN)
        spec = {**spec, **missing}
        return remove_refused({key: spec[key] for key in [*(key for key in order if key in spec), *spec]}, shared)

    def write_text(self, spec: dict[str, Any]) -> str:
        """Return the text of the file that holds a spec."""
        names = ", ".join(" ".join(FilePath(file).name.split()) for file in self.files)
        return f"# Imported by daskgen from {names}.\n{dump(spec)}"

    def prepare(self, spec: dict[str, Any]) -> RenderedCluster:
        """Render a spec as if its file existed."""
        return render_cluster(self.settings, parse(self.write_text(spec).encode(), self.file))

    def compare(self, bodies: Bodies) -> list[Comparison]:
        """Compare the values of every part with what is rendered."""
        rows = [(part, find_place(part, self.draft)) for part in self.draft.parts]
        return [
            comparison
            for part, place in rows
            for comparison in compare(part, place, bodies.get((place.kind, place.name), {}))
        ]

    def patch(self, comparisons: Sequence[Comparison], bodies: Bodies) -> dict[str, Any]:
        """Return the spec's `patches` for all values without a field; {} if there are none."""
        if self.draft.is_ours:
            patches = restore(
                {
                    (document.value["kind"], find_short_name(document)): document.value
                    for document in self.draft.documents
                },
                bodies,
            )
        else:
            patches = self.write_patches(comparisons, bodies)
        return {"patches": patches} if patches else {}

    def write_patches(self, comparisons: Sequence[Comparison], bodies: Bodies) -> list[dict[str, Any]]:
        """Return patches for values that are not rendered."""
        missing: dict[Place, list[Match]] = {}
        for comparison in comparisons:
            if comparison.outcome == "patch":
                missing.setdefault(comparison.place, []).append(comparison.match)
        commands = [edit_command(find_place(part, self.draft), part) for part in self.draft.pods]
        return write_patches(missing, bodies) + [patch for patches in commands for patch in patches]

    def find_placeholders(self, spec: dict[str, Any]) -> Iterator[tuple[int, str]]:
        """Find the lines of the spec's file with placeholders."""
        for number, line in enumerate(self.write_text(spec).splitlines(), 1):
            for match in STAND_IN.finditer(line):
                yield number, self.placeholders.restore(match[0])


def _find_bodies(prepared: RenderedCluster) -> Bodies:
    return index_truth(prepared.resources, prepared.identity)


def _confirm(comparisons: Sequence[Comparison], patched: Sequence[Comparison]) -> Iterator[Comparison]:
    """Check that the patched objects have the patched values; those that are missing are not imported."""
    unlike = {(id(comparison.part), comparison.match.path) for comparison in patched if comparison.outcome != "same"}
    around = {(part, path[:depth]) for part, path in unlike for depth in range(len(path))}
    for comparison in comparisons:
        part, path = id(comparison.part), comparison.match.path
        differs = (part, path) in around or any((part, path[:depth]) in unlike for depth in range(len(path) + 1))
        if not differs and comparison.outcome != "same":
            yield comparison._replace(outcome="patch", text="")
        else:
            yield comparison._replace(outcome="left") if differs and comparison.outcome == "patch" else comparison
