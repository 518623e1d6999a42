"""Keep what a cluster gives, by the hash of all that it depends on: its file, daskgen.yaml, and daskgen itself."""

from __future__ import annotations

import os
import pickle
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cache
from hashlib import blake2b
from importlib import import_module, metadata
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import daskgen
from daskgen.outside.files import FLEET_FILE
from daskgen.spec.load import LoadedFleet

LIBRARIES = ("click", "jsonpatch", "jsonpointer", "jsonschema-rs", "packaging", "pydantic", "pydantic-core", "PyYAML")
"""Libraries whose behaviour what is rendered depends on."""

PLAIN: tuple[type, ...] = (Fraction, defaultdict, int)
"""What named tuples hold besides texts, numbers, lists, maps and sets."""


class Keep(Protocol):
    """Values by key, for as long as they are kept."""

    def find(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return the values of those keys that have one."""

    def add(self, values: Mapping[bytes, bytes]) -> None:
        """Keep values."""


def list_keys(fleet: LoadedFleet) -> list[bytes]:
    """Return a key for each cluster of a fleet, in the order of their files."""
    shared = hash_all(hash_program(), fleet.files[FLEET_FILE])
    return [hash_all(shared, file.encode(errors="surrogateescape"), fleet.files[file]) for file in fleet.clusters]


def hash_all(*parts: bytes) -> bytes:
    """Hash a list of parts."""
    # Each part is hashed alone, so that no two lists of parts are the same bytes.
    return blake2b(b"".join(blake2b(part).digest() for part in parts), digest_size=32).digest()


@cache
def hash_program() -> bytes:
    """Hash the code and the data of daskgen, and the versions of Python and of the libraries."""
    versions = [sys.version, *(_find_version(name) for name in LIBRARIES)]
    folder = str(Path(daskgen.__file__).parent)
    contents = (part for path in sorted(_walk(folder)) for part in (path.encode(), Path(folder, path).read_bytes()))
    return hash_all(*map(str.encode, versions), *contents)


def _find_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _walk(folder: str, inside: str = "") -> Iterator[str]:
    with os.scandir(os.path.join(folder, inside)) as entries:  # noqa: PTH118 - called for every file of the package
        for entry in entries:
            path = f"{inside}{entry.name}"
            if not entry.is_dir():
                yield path
            elif entry.name != "__pycache__":
                yield from _walk(folder, f"{path}/")


def pack(value: Any) -> bytes:
    """Return a value of named tuples and plain values as bytes."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def unpack_all(values: Mapping[bytes, bytes]) -> dict[bytes, Any]:
    """Return values from their bytes. Code in bytes that `pack` did not write is not run, and they are left out."""
    found = {}
    for key, data in values.items():
        with suppress(pickle.UnpicklingError, EOFError):
            found[key] = _Unpickler(BytesIO(data)).load()
    return found


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Find a named tuple of daskgen; nothing else may be in what is kept."""
        return _find_tuple(module, name)


@cache
def _find_tuple(module: str, name: str) -> type:
    found = getattr(import_module(module), name, None) if module.startswith("daskgen.") else None
    if isinstance(found, type) and issubclass(found, tuple):
        return found
    for plain in PLAIN:
        if (module, name) == (plain.__module__, plain.__name__):
            return plain
    raise pickle.UnpicklingError(f"{module}.{name} is not kept")
