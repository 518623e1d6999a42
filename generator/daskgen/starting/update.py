"""Bring the files of a fleet up to date: merge what a later version of daskgen changes with the edits of people.

`RECORD` holds every file as daskgen last made it. The difference from that is what people edited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from daskgen import __version__
from daskgen.findings.problem import DaskgenError, ProblemsError
from daskgen.outside.merging import merge_texts
from daskgen.starting.files import Answers, Texts, make_kept_files
from daskgen.yaml.read import parse
from daskgen.yaml.write import dump

RECORD = ".daskgen/init.yaml"
"""The answers of a fleet, and its files as daskgen made them."""

HEAD = (
    "# Made by `daskgen init`. By it, `daskgen init --update .` tells your edits from its own; answers may be edited.\n"
)


class Record(NamedTuple):
    """What a fleet was started with."""

    answers: Answers
    files: Texts


class Update(NamedTuple):
    """What an update does."""

    files: Texts
    """Every file to write, with the record."""
    merged: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Files that people deleted, or that they had before daskgen made one; they stay as they are."""
    unused: tuple[str, ...] = ()
    """Files that daskgen no longer makes."""


def write_record(answers: Answers, files: Texts) -> str:
    """Write the record of a fleet."""
    chosen = answers.model_dump(by_alias=True)
    return HEAD + dump({"daskgen": __version__, "answers": chosen, "files": dict(files)})


def read_record(data: bytes) -> Record:
    """Read the record of a fleet. Raises `DaskgenError` if people made it unreadable."""
    source = parse(data, RECORD)
    if source.problems:
        raise ProblemsError(source.problems)
    value: Any = source.value
    try:
        return Record(
            Answers.model_validate(value["answers"]), {path: str(text) for path, text in value["files"].items()}
        )
    except ValidationError as error:
        raise DaskgenError(f"{RECORD}: answers: {error.errors()[0]['msg']}: {error.errors()[0]['loc']}") from None
    except (AttributeError, KeyError, TypeError):
        raise DaskgenError(f"{RECORD} is not what `daskgen init` wrote; take it back from Git") from None


def update(record: Record, present: Mapping[str, str | None]) -> Update:
    """Merge what this version of daskgen makes with `present`, the texts on disk; None for a file that is not there.

    Raises `ToolError` if Git is needed and missing.
    """
    made = make_kept_files(record.answers)
    files, merged, conflicts, kept = dict[str, str](), list[str](), list[str](), list[str]()
    for path, text in made.items():
        before, there = record.files.get(path), present[path]
        if there == text or (there is None) != (before is None):
            kept += [path] if there != text else []
        elif there in {None, before}:
            files[path] = text
        elif before != text:
            result = merge_texts(before or "", there or "", text)
            files[path] = result.text
            (conflicts if result.conflicts else merged).append(path)
    unused = tuple(path for path in record.files if path not in made and present.get(path) is not None)
    # A file that people had before daskgen made one is not recorded, so that later updates leave it alone, too.
    ours = {path: text for path, text in made.items() if path not in kept or path in record.files}
    files[RECORD] = write_record(record.answers, ours)
    return Update(files, tuple(merged), tuple(conflicts), tuple(kept), unused)


def list_watched(record: Record) -> Iterator[str]:
    """List the files whose texts on disk an update depends on."""
    yield from dict.fromkeys([*make_kept_files(record.answers), *record.files])
