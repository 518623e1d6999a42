"""Read the packages that rendered pods install when they start: the lock, its index, and what is rendered for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from daskgen.importing.draft import Draft, Note, Part
from daskgen.importing.reading.documents import find_instance
from daskgen.parts.config import LOCK
from daskgen.parts.installing import CONTAINER, HEADER, NAME, search_packages
from daskgen.parts.lock import read_lock
from daskgen.parts.packages import PYPI
from daskgen.paths import Path, get
from daskgen.yaml.read import Source

FIELD = "packages"


def take_packages(drafts: Sequence[Draft], documents: Sequence[Source]) -> None:
    """Take the ConfigMaps with locks into the drafts of their clusters, and out of their pods what installs these."""
    names = {draft.name: draft for draft in drafts}
    for document in documents:
        lock = str(get(document.value, ("data", LOCK)) or "")
        draft = names.get(find_instance(document))
        if draft and lock.startswith(HEADER):
            text = lock.removeprefix(HEADER)
            draft.spec[FIELD] = {"install": "start", "pip": _list_pins(text), "lock": text}
            draft.documents.append(document)
            draft.notes.append(Note(document, (), field=FIELD))
            for url in {url for part in draft.pods for url in _find_index(part)} - {PYPI}:
                draft.spec[FIELD]["index"] = url
            for part in draft.pods:
                _remove(part)


def _list_pins(lock: str) -> list[str]:
    try:
        return [f"{one.name}=={one.version}" for one in read_lock(lock)]
    except ValueError:
        return []


def _find_index(part: Part) -> Iterator[str]:
    for container in get(part.tree, ("spec", "initContainers")) or []:
        for variable in container.get("env") or [] if container.get("name") == CONTAINER else []:
            if variable.get("name") == "PIP_INDEX_URL" and "value" in variable:
                yield variable["value"]


def _remove(part: Part) -> None:
    """Take out what is rendered for packages."""
    for path, is_ours in _list_elements(part):
        if is_ours:
            part.explain(path, field=FIELD)


def _list_elements(part: Part) -> Iterator[tuple[Path, bool]]:
    """List elements of a pod that may be rendered for packages, the last of each list first, and whether they are."""
    lists: list[Path] = [("spec", "initContainers"), ("spec", "volumes")]
    for index, _ in enumerate(get(part.tree, ("spec", "containers")) or []):
        lists += [("spec", "containers", index, field) for field in ("env", "volumeMounts")]
    for place in lists:
        elements = get(part.tree, place) or []
        yield from (((*place, index), _is_ours(elements[index])) for index in reversed(range(len(elements))))


def _is_ours(element: Any) -> bool:
    named = element.get("name")
    mount = named == "scratch" and element.get("subPath") == NAME
    return named == CONTAINER or element == search_packages() or mount or (named == NAME and "configMap" in element)
