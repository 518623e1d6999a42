"""Values that nobody expects, put where they hurt: the same for the same seed.

`DASKGEN_FUZZ_ROUNDS` says how many a test tries, `DASKGEN_FUZZ_SECONDS` for how long at most, and `DASKGEN_FUZZ_SEED`
which.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

from daskgen.paths import Path, get, join_pointer

ROUNDS = int(os.environ.get("DASKGEN_FUZZ_ROUNDS", "150"))
SECONDS = float(os.environ.get("DASKGEN_FUZZ_SECONDS", "60"))
SEED = int(os.environ.get("DASKGEN_FUZZ_SEED", "1"))

TEXTS = [
    "", "x", "..", "../../etc", "a" * 64, "a" * 300, "-", "UPPER", "a.b", "a/b", "$(X)", "${X}", "{{ x }}", "0", "08",
    "1e3", "null", "true", "on", "~", "x\x00", "\x1b[31m", "line\nbreak", "\r", "\u2028", "\ud83d\ude00", "é", "\ufeff",
    "::error::x", "10.0.0.0/8", "999.1.1.1/8", "16Gi", "16GB", "-1", "1Ei1", "100%", "500%", "1h", "$patch", "name",
    "500m", "0Gi", "30s", "::1", "fd00::/8", "tcp://dask:8786", "nvidia.com/gpu", "*.example.com", "/scratch", "main",
    "ghcr.io/a/b:1@sha256:0", "reencrypt", "operator", "openshift", "dask-cuda", "Always", "$(CLUSTER)", ">=2", "a=b",
]  # fmt: skip
NUMBERS = [0, 1, -1, 63, 64, 65_535, 65_536, 1 << 31, 1 << 63, 1 << 64, 10**40, 0.5, 1.0, -0.0, 1e300]
PLAIN = [None, True, False, *NUMBERS, *TEXTS]
KEYS = [
    "x",
    "",
    "a b",
    "$patch",
    "name",
    "kind",
    "metadata",
    "spec",
    "0",
    "a" * 64,
    "\x1b",
    "\u2028",
    "..",
    "matchLabels",
]
SPECIAL: list[Any] = [
    [], {}, [[]], [{}], [None], {"x": None}, [{"name": ["x"]}], [{"name": {}}], [1, "x", None], {"$patch": "replace"},
    {"$patch": "delete"}, [{"$patch": "replace"}], {"matchLabels": 5}, {"matchLabels": {"a": []}},
    {"matchLabels": {}, "matchExpressions": 1}, {"name": "x", "$patch": "delete"}, [{"name": "x"}, {"name": "x"}],
]  # fmt: skip


def seeds(name: str) -> Iterator[Random]:
    """Give a source of randomness for each round of the test `name`, until rounds or time are over."""
    end = time.monotonic() + SECONDS
    for number in range(ROUNDS):
        if time.monotonic() > end:
            return
        yield Random(f"{name} {SEED} {number}")  # noqa: S311 - a test that can be repeated


def choose_value(random: Random, depth: int = 0) -> Any:
    """Make any value that JSON can hold."""
    kind = random.random()
    if kind < 0.55 or depth > 2:
        return deepcopy(random.choice([*PLAIN, *SPECIAL]))
    if kind < 0.75:
        return [choose_value(random, depth + 1) for _ in range(random.randrange(3))]
    return {random.choice(KEYS): choose_value(random, depth + 1) for _ in range(random.randrange(3))}


def find_paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from find_paths(inner, (*path, key))


def graft(value: Any, other: Any, random: Random) -> Any:
    """Copy a few fields of another value of the same form into a copy of this one, at the places they have there."""
    changed = deepcopy(value)
    for _ in range(random.randint(1, 3)):
        *parents, last = random.choice([path for path in find_paths(other) if path])
        inner = get(changed, tuple(parents))
        new = deepcopy(get(other, (*parents, last)))
        if isinstance(inner, dict):
            inner[last] = new
        elif isinstance(inner, list):
            inner.append(new)
    return changed


def mutate(value: Any, random: Random) -> Any:
    """Change a copy of a value in one to three places: other values, other keys, fewer and more of them."""
    changed = deepcopy(value)
    for _ in range(random.randint(1, 3)):
        paths = [path for path in find_paths(changed) if path]
        if not paths:
            return changed
        path = random.choice(paths)
        parent = get(changed, path[:-1])
        _change(parent, path[-1], random, get(changed, random.choice(paths)))
    return changed


def _change(parent: Any, part: Any, random: Random, other: Any) -> None:
    action = random.randrange(6)
    if action == 0:
        del parent[part]
    elif action == 1 and isinstance(parent, list):
        parent.insert(part, deepcopy(parent[part]))
    elif action == 1:
        parent[random.choice(KEYS)] = choose_value(random)
    elif action == 2:
        parent[part] = deepcopy(other)
    else:
        parent[part] = choose_value(random)


OPERATIONS = ("add", "copy", "move", "remove", "replace", "test")


def merge(body: Any, random: Random) -> Any:
    """Make a strategic merge patch of a place in an object."""
    patch = choose_value(random)
    for part in reversed(random.choice(list(find_paths(body)))):
        # Elements are named where they have a name, and replaced otherwise.
        patch = [patch] if isinstance(part, int) else {part: patch}
    return patch if isinstance(patch, dict) else {"spec": patch}


def operate(body: Any, random: Random) -> list[Any]:
    """Make operations on places in an object."""
    places = list(find_paths(body))

    def point() -> Any:
        pointer = join_pointer(random.choice(places))
        return random.choice(
            [*[pointer] * 6, f"{pointer}/-", f"{pointer}/x", f"{pointer}/99", "x", choose_value(random)]
        )

    operations = []
    for _ in range(random.randint(1, 2)):
        operation = {"op": random.choice(OPERATIONS), "path": point(), "from": point(), "value": choose_value(random)}
        operations.append({key: value for key, value in operation.items() if random.random() < 0.95})
    return operations
