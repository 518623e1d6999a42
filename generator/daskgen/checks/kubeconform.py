"""Asks kubeconform whether objects are valid for a version of Kubernetes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from typing import Any, NamedTuple

from daskgen import tools
from daskgen.kubernetes.objects import Object
from daskgen.problems import ToolError
from daskgen.source import Path, split_pointer

BATCH = 1000

ENTRY = re.compile(r"- at '([^']*)': (.*?)(?=\s+- at '|\s*$)", re.DOTALL)
OUTER = re.compile(r"validation failed|\w+ failed, none matched")
"""What says only that something further inside is wrong."""


class Invalid(NamedTuple):
    """What is wrong with an object of a list: where in it, and what."""

    place: int
    path: Path
    message: str


def validate(objects: Sequence[Object], version: str) -> list[Invalid]:
    """Find what the strict schemas of Kubernetes `version`, such as 1.34, do not allow. No schema is an error too."""
    starts = range(0, len(objects), BATCH)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        batches = pool.map(lambda start: _validate(objects[start : start + BATCH], version), starts)
        return [
            it._replace(place=start + it.place) for start, batch in zip(starts, batches, strict=True) for it in batch
        ]


def _validate(objects: Sequence[Object], version: str) -> list[Invalid]:
    text = "\n---\n".join(json.dumps(it) for it in objects)
    with as_file(files("daskgen") / "data" / "schemas" / version) as folder:
        location = f"{folder}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"
        # One thread and every result: that keeps them in order, and order is all that tells objects apart.
        options = ["-strict", "-verbose", "-n", "1", "-output", "json", "-schema-location", location]
        done = tools.run("kubeconform", *options, text=text, accept=(0, 1))
    results = _read(done, objects)
    return [it for index, result in enumerate(results) for it in _find_invalid(index, result)]


def _read(done: tools.Result, objects: Sequence[Object]) -> list[dict[str, Any]]:
    try:
        results: list[dict[str, Any]] = json.loads(done.output)["resources"] or []
    except (ValueError, KeyError) as error:
        raise ToolError(f"kubeconform: its answer cannot be read: {done.errors or done.output[:200]}") from error
    asked = [(it["kind"], it["metadata"]["name"]) for it in objects]
    if [(it["kind"], it["name"]) for it in results] != asked:
        raise ToolError("kubeconform: it answered for other objects than it was asked about")
    return results


def _find_invalid(index: int, result: dict[str, Any]) -> Iterator[Invalid]:
    if result["status"] == "statusValid":
        return
    entries = [(at, words.strip()) for at, words in ENTRY.findall(result["msg"]) if not OUTER.fullmatch(words.strip())]
    if not entries:
        yield Invalid(index, (), result["msg"].replace("could not find schema for", "there is no schema for"))
    for at, words in sorted(set(entries)):
        yield Invalid(index, split_pointer(at), words)
