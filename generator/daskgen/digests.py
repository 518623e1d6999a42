"""Compare the images of a fleet's specs with their registries, and write the digests of their tags into the specs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from daskgen.findings.problem import Position, Problem
from daskgen.outside.registry import RegistryError
from daskgen.parts.image import ToolImage, read_reference
from daskgen.paths import Path, format_path, get
from daskgen.render.cluster import RenderedCluster, make_context
from daskgen.render.operator import RenderedOperator
from daskgen.rules.images import find_images
from daskgen.spec.load import Settings
from daskgen.spec.written import Layer, Written
from daskgen.yaml.edit import Edit, edit
from daskgen.yaml.read import Source

Ask = Callable[[str, str], str]
"""Returns the digest that a registry has for the tag or digest of an image. Raises `RegistryError`."""


class Tagged(NamedTuple):
    """An image with a tag, and where the spec writes it."""

    title: str
    image: ToolImage
    at: Position
    layer: Layer | None
    """The file that writes the tag; None if no file does: the image is a default of daskgen."""
    change: Edit | None
    """What is edited there, still without the digest."""

    def pin(self, digest: str) -> Edit:
        """Return the edit that writes a digest. Raises `ValueError` for an image that no file writes."""
        if not self.change:
            raise ValueError(f"{self.title} is not in a file")
        return self.change._replace(text=f"{self.change.text}{digest}")


class Answer(NamedTuple):
    """An image, and the digest of its tag in the registry."""

    tagged: Tagged
    digest: str

    @property
    def is_behind(self) -> bool:
        """Return whether the spec has another digest, or none."""
        return self.tagged.image.digest != self.digest


def find_tagged(
    settings: Settings, clusters: Iterable[RenderedCluster], operators: Iterable[RenderedOperator] = ()
) -> list[Tagged]:
    """Find every image with a tag, those that clusters share once."""
    found: dict[object, Tagged] = {}
    for written, path, title, image in _find_all(settings, clusters, operators):
        if image.tag:
            tagged = _place(written, path, title, image)
            place = (tagged.at.file, tagged.change.result) if tagged.change else image.reference
            found.setdefault(place, tagged)
    return list(found.values())


def _find_all(
    settings: Settings, clusters: Iterable[RenderedCluster], operators: Iterable[RenderedOperator]
) -> Iterator[tuple[Written, Path, str, ToolImage]]:
    for operator in operators:
        yield operator.written, ("image",), "operator.image", operator.operator.pinned_image
    for cluster in clusters:
        context = make_context(settings, cluster.valid, cluster.resources, cluster.written)
        yield from ((cluster.written, used.path, format_path(used.path), used.image) for used in find_images(context))


def _place(written: Written, path: Path, title: str, image: ToolImage) -> Tagged:
    """Find the text that names an image: all of it, or the tag that its digest stands beside."""
    value, reference = get(written.value(), path), f"{image.name}:{image.tag}@"
    if isinstance(value, str) and read_reference(value)["name"] == image.name:
        layer, _ = written.owner(path)
        return Tagged(title, image, written.at(path), layer, Edit((*layer.root, *path), reference))
    if isinstance(value, dict) and (beside := next((key for key in ("tag", "name") if key in value), None)):
        layer, _ = written.owner((*path, beside))
        place = (*layer.root, *path)
        is_there = isinstance(get(layer.source.value, (*place, "digest")), str)
        change = Edit((*place, "digest"), "") if is_there else Edit((*place, beside), "", "digest")
        return Tagged(title, image, written.at((*path, beside)), layer, change)
    return Tagged(title, image, written.at(path), None, None)


def ask(images: Iterable[Tagged], find_digest: Ask) -> tuple[list[Answer], list[Problem]]:
    """Ask registries for the digests of tags; and find images that are not there, or whose registry does not answer."""
    answers, problems = [], []
    ask_once = cache(lambda name, reference: _try(find_digest, name, reference))
    for tagged in images:
        answer = ask_once(tagged.image.name, tagged.image.tag)
        if isinstance(answer, RegistryError):
            problems.append(_report(tagged, answer))
        else:
            answers.append(Answer(tagged, answer))
    return answers, problems


def _try(find_digest: Ask, name: str, reference: str) -> str | RegistryError:
    try:
        return find_digest(name, reference)
    except RegistryError as error:
        return error


def check(images: Iterable[Tagged], find_digest: Ask) -> list[Problem]:
    """Find digests that differ from those of their tags, and digests and tags that their registries do not have."""
    pinned = [tagged for tagged in images if tagged.image.digest]
    answers, problems = ask(pinned, find_digest)
    for answer in filter(lambda answer: answer.is_behind, answers):
        gone = _try(find_digest, answer.tagged.image.name, answer.tagged.image.digest)
        problems.append(_report(answer.tagged, gone) if isinstance(gone, RegistryError) else _report_behind(answer))
    return problems


def _report(tagged: Tagged, error: RegistryError) -> Problem:
    message = f"{tagged.title}: {error}"
    if error.missing:
        return Problem(tagged.at, "DG358", message, "nodes cannot pull it: push it, or name another tag")
    return Problem(tagged.at, "DG359", message)


def _report_behind(answer: Answer) -> Problem:
    tagged = answer.tagged
    message = f"{tagged.title}: the tag {tagged.image.tag} is {answer.digest} now, not {tagged.image.digest}"
    return Problem(tagged.at, "DG357", message, "to take it, run `daskgen pin`", "warning")


def write(answers: Sequence[Answer]) -> Mapping[str, str]:
    """Return the texts of the files that change, by path, with the digests of these answers."""
    sources: dict[str, Source] = {}
    edits: dict[str, list[Edit]] = defaultdict(list)
    for tagged, digest in answers:
        if tagged.layer:
            source = tagged.layer.source
            sources[source.file] = source
            edits[source.file].append(tagged.pin(digest))
    return {file: edit(sources[file], changes) for file, changes in edits.items()}
