"""Read an overlay from disk, to find its objects when its spec no longer exists.

Names are short, unlike in what kustomize builds. Damaged files and unknown patches are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from posixpath import normpath
from typing import Any

from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.merge import merge_patch
from daskgen.kubernetes.objects import Key, Object
from daskgen.kubernetes.operations import apply_operations
from daskgen.layers.overlay import OVERLAY_HEADER
from daskgen.paths import get
from daskgen.yaml.read import parse_all

Read = Callable[[str], str | None]
"""Function that returns the text of a file by its path from the root; None if it does not exist."""

Objects = dict[Key, Object]

HEADER = re.compile(re.escape(OVERLAY_HEADER).replace(r"\{file\}", "(?P<file>.+?)"))


def find_file(text: str) -> str:
    """Return the spec that an overlay's file was made from; empty if the file does not name one."""
    found = HEADER.match(text)
    return found["file"] if found else ""


def find_namespace(text: str) -> str:
    """Return the namespace that an overlay's kustomization sets; empty if there is none."""
    found = re.search(r"^namespace: (\S+)$", text, re.MULTILINE)
    return found[1] if found else ""


def read_overlay(read: Read, folder: str) -> list[Object]:
    """Return the objects of an overlay, those of its base included, under short names."""
    return list(_read(read, folder).values())


def _read(read: Read, folder: str) -> Objects:
    objects: Objects = {}
    for listed in _load(read, f"{folder}/kustomization.yaml"):
        for entry in _find(listed, "resources", str):
            path = normpath(f"{folder}/{entry}")
            # Bases of bases are not read, so that this ends for any content.
            inner = _read(read, path).values() if _is_base(path) and not _is_base(folder) else _load(read, path)
            objects |= {key: body for body in inner if (key := _key(body))}
        for entry in _find(listed, "patches", dict):
            for patch in _load_patches(read, folder, entry):
                # A patch that does not apply is left out, so that the rest is still read.
                with suppress(ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
                    _patch(objects, entry.get("target"), patch)
        for entry in _find(listed, "replicas", dict):
            _count(objects, entry)
    return objects


def _is_base(path: str) -> bool:
    return path.startswith("base/") and not path.endswith(".yaml")


def _load_patches(read: Read, folder: str, entry: dict[str, Any]) -> Iterator[Any]:
    inline = entry.get("patch")
    return _parse(inline, folder) if isinstance(inline, str) else _load(read, f"{folder}/{entry.get('path')}")


def _load(read: Read, path: str) -> Iterator[Any]:
    return _parse(read(path) or "", path)


def _parse(text: str, path: str) -> Iterator[Any]:
    return (document.value for document in parse_all(text.encode(), path) if document.value is not None)


def _find(value: Any, key: str, kind: type) -> list[Any]:
    found = get(value, (key,))
    return [item for item in found if isinstance(item, kind)] if isinstance(found, list) else []


def _key(value: Any) -> Key | None:
    key = get(value, ("kind",)), get(value, ("metadata", "name"))
    return key if all(isinstance(part, str) for part in key) else None


def _patch(objects: Objects, target: Any, patch: Any) -> None:
    key = (target["kind"], target["name"]) if isinstance(patch, list) else _key(patch)
    if key not in objects:
        return
    if isinstance(patch, list):
        objects[key] = apply_operations(objects[key], patch)
    elif patch.get("$patch") == "delete":
        del objects[key]
    else:
        objects[key] = merge_patch(objects[key], patch, find_kind(key[0]).merge_keys)


def _count(objects: Objects, entry: Any) -> None:
    for (kind, name), body in objects.items():
        if name == entry.get("name") and (replicas := find_kind(kind).replicas):
            *path, last = replicas
            holder = get(body, tuple(path))
            if isinstance(holder, dict):
                holder[last] = entry.get("count")
