"""Validate objects with kubeconform, by the strict schemas that come with daskgen."""

from __future__ import annotations

import json
import re
from ast import literal_eval
from collections.abc import Iterator, Sequence
from importlib.resources import as_file
from itertools import zip_longest
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from daskgen.findings.problem import ToolError
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.schema import SCHEMAS, find_minors
from daskgen.outside import disk, tools
from daskgen.outside.processes import Result
from daskgen.paths import Path, split_pointer

BATCH = 5000
"""Most objects for a run of kubeconform, to limit the disk space. A run takes 0.07 s, and 0.3 ms for each."""

UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that JSON allows without escapes and YAML does not; kubeconform reads JSON as YAML."""

ENTRY = re.compile(r"(?P<indent> +)- at '(?P<pointer>(?:[^'\\]|\\.)*)': ")
"""The start of an entry in kubeconform's messages, which have spaces for line breaks. Quotes inside quotes are escaped,
so that no value can look like such a start."""

UNKNOWN = re.compile(r"additional propert(?:y|ies) '(?P<field>[^']+)'")
"""Matches kubeconform's message about a field that the schema does not define."""

FORBIDDEN = "false schema"
"""kubeconform's message for a field that is not allowed beside the others."""


class Invalid(NamedTuple):
    """A fault in the object with index `place`: the path in it, and kubeconform's message."""

    place: int
    path: Path
    message: str
    unknown: Path = ()
    """The field at `path` that the schema does not define, if that is the fault."""


def validate(objects: Sequence[Object], minor: str) -> list[Invalid]:
    """Find everything in `objects` that Kubernetes `minor`, such as "1.34", would refuse, in their order.

    A kind without schema is a finding too. Raises `ToolError` if there are no schemas for `minor`, or if
    kubeconform fails or does not answer for every object.
    """
    if minor not in (known := find_minors()):
        raise ToolError(f"there are no schemas for Kubernetes {minor}, only for {known[0]} to {known[-1]}")
    return [
        invalid._replace(place=start + invalid.place)
        for start in range(0, len(objects), BATCH)
        for invalid in _validate(objects[start : start + BATCH], minor)
    ]


def _validate(objects: Sequence[Object], minor: str) -> list[Invalid]:
    # A file for each object: the file's name tells objects of one name apart, and standard input is not safe, as
    # kubeconform 0.7.0 reads on into the buffer that it still validates from (pkg/resource/stream.go).
    texts = {f"{index}.json": _write(body) for index, body in enumerate(objects)}
    with as_file(SCHEMAS / minor) as schemas, disk.keep_for_now(texts) as folder:
        location = f"{schemas}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"
        options = ("-strict", "-summary", "-output", "json", "-schema-location", location)
        done = tools.run("kubeconform", *options, str(folder), accept=(0, 1))
    results = _read(done, len(objects))
    return sorted({finding for result in results for finding in _find(result, objects)})


def _write(body: Object) -> str:
    text = json.dumps(body, ensure_ascii=False)
    return UNREADABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _read(done: Result, count: int) -> list[dict[str, Any]]:
    try:
        answer = json.loads(done.output)
        results: list[dict[str, Any]] = answer["resources"]
        checked = answer["summary"]["valid"] + len(results)
    except (ValueError, KeyError, TypeError):
        words = done.errors.strip() or done.output.strip()
        raise ToolError(f"kubeconform gives no answer that can be read: {words[:500]}") from None
    if checked != count:
        raise ToolError(f"kubeconform checked {checked} of {count} objects")
    return results


def _find(result: dict[str, Any], objects: Sequence[Object]) -> Iterator[Invalid]:
    index, message = int(FilePath(result["filename"]).stem), result["msg"]
    entries = list(_read_entries(message))
    for pointer, words in entries:
        named = UNKNOWN.match(words)
        yield Invalid(index, _follow(pointer, objects[index]), words, (named["field"],) if named else ())
    if not entries:
        # It names the kind, where most often the version is what is wrong.
        version = f" in {result['version']}" if message.startswith("could not find schema") else ""
        yield Invalid(index, (), message + version)


def _read_entries(message: str) -> Iterator[tuple[str, str]]:
    """Read JSON pointers and messages. An entry with others below it, indented deeper, is left out: it adds nothing."""
    heads = list(ENTRY.finditer(message))
    for head, following in zip_longest(heads, heads[1:]):
        if not following or len(following["indent"]) <= len(head["indent"]):
            words = message[head.end() : following.start() if following else None]
            yield literal_eval(f"'{head['pointer']}'"), "is not allowed here" if words == FORBIDDEN else words


def _follow(pointer: str, body: Any) -> Path:
    """Return the path of a pointer in `body`: a number is an index of a list, or a key that consists of digits."""
    path: Path = ()
    for part in split_pointer(pointer):
        path += (part if isinstance(body, list) else str(part),)
        body = body[path[-1]]
    return path
