"""Define the YAML that is read: its characters, its plain scalars, and the messages for errors of its parser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from daskgen.findings.problem import Position, Problem

LARGEST = 1 << 20
"""Largest file, in bytes; that of a cluster has some thousand."""

DEEPEST = 100
"""Largest number of levels. libyaml's time grows with the square of the depth: half a minute for 100,000 brackets."""

TEXT_ASCII = b"\t\n\r" + bytes(range(0x20, 0x7F))

FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that are not printable in YAML, and line separators."""

MOST_FORBIDDEN = 20
"""Largest number of them that is reported; a file with more is not text."""

SEPARATORS = re.compile("[\x85\u2028\u2029]")
"""Characters that some readers treat as line ends."""

UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufffe\uffff]")
"""Characters that are refused even as escapes: kustomize 5.8.1 fails on all of them except the two separators."""

WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}

INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,18})")
"""Pattern of integers, limited in length as readers with 64 bits round longer ones."""

FLOAT = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]+")

TRAPPED_WORDS: Mapping[str, str] = {
    word: kind
    for kind, words in {
        "true": "y Y yes Yes YES on On ON True TRUE",
        "false": "n N no No NO off Off OFF False FALSE",
        "null": "Null NULL",
        "a number": ".inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF .nan .NaN .NAN",
        "a default value": "=",
        "a merge key": "<<",
    }.items()
    for word in words.split()
}

TRAPS: Mapping[str, re.Pattern[str]] = {
    "a number": re.compile(
        r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[xb]_+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    ),
    "a number in base 60": re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"),
    "a date": re.compile(
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
        r"(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?"
        r"[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?)?)?"
    ),
}
"""Types that some readers give to unquoted text, with or without its underscores: those of YAML 1.1
(https://yaml.org/type/), those of 1.2, or kubectl and kustomize, which take from both (resolve.go of https://github.com/yaml/go-yaml)."""

NUMBER_START = frozenset("+-.0123456789")

HINTS: Mapping[str, str] = {
    "true": "quote it, or write true",
    "false": "quote it, or write false",
    "null": "quote it, or write null",
    "a number": "quote it, or write plain decimals",
}
"""Hints for values that need more than quotes."""


def find_unreadable(data: bytes, file: str) -> Iterator[Problem]:
    """Find what prevents reading the file at all: its size, its encoding, its characters."""
    if len(data) > LARGEST:
        yield Problem(Position(file), "DG009", f"has {len(data)} bytes, more than {LARGEST}")
        return
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        at = _end_of(data[: error.start].decode(), file)
        yield Problem(at, "DG001", "not UTF-8 text", "save the file as UTF-8")
        return
    if data.translate(None, TEXT_ASCII):
        for match in islice(FORBIDDEN.finditer(text), MOST_FORBIDDEN):
            code = "DG007" if SEPARATORS.match(match[0]) else "DG001"
            yield Problem(_end_of(text[: match.start()], file), code, describe_character(match[0]), "delete it")


def describe_character(character: str) -> str:
    """Describe an unprintable character that is not allowed."""
    return f"the character U+{ord(character):04X} is not allowed"


def _end_of(text: str, file: str) -> Position:
    return Position(file, text.count("\n") + 1, len(text) - text.rfind("\n"))


@lru_cache(maxsize=4096)
def resolve(text: str) -> tuple[Any, str]:
    """Return the value of unquoted text; and, if other readers do not read it as text, what they read."""
    if text in WORDS:
        return WORDS[text], ""
    if text in TRAPPED_WORDS:
        return text, TRAPPED_WORDS[text]
    if text[0] not in NUMBER_START:
        return text, ""
    if INTEGER.fullmatch(text):
        return int(text), ""
    if FLOAT.fullmatch(text):
        return float(text), ""
    forms = text, text.replace("_", "")
    return text, next((kind for kind, pattern in TRAPS.items() if any(map(pattern.fullmatch, forms))), "")


class Syntax(NamedTuple):
    """A reason why reading stopped. `{line}` in the message is the line where the unfinished part begins."""

    message: str
    hint: str = ""
    code: str = "DG001"
    at_start: bool = False
    """True to point at that beginning, instead of where the parser stopped."""


TAB = Syntax("a tab cannot indent", "indent with spaces")
QUOTE = Syntax("the quote that opens here is not closed", "close it", at_start=True)
ESCAPE = Syntax("YAML does not know this escape", r"write \\ for a backslash, or use single quotes")
DIRECTIVE = Syntax("directives (%) are not read here", "leave the line out", "DG004")
MEND = "quote all of the text, or mend the indentation"

SYNTAX: Mapping[str, Syntax] = {
    "block sequence entries are not allowed in this context": Syntax("a list cannot begin here", "begin a line"),
    "could not find expected ':'": Syntax("this key has no colon", MEND, at_start=True),
    "did not find expected ',' or ']'": Syntax("a comma is missing here, or the ] for the [ in line {line}"),
    "did not find expected ',' or '}'": Syntax("a comma is missing here, or the }} for the {{ in line {line}"),
    "did not find expected '-' indicator": Syntax("this is not part of the list begun in line {line}", MEND),
    "did not find expected <document start>": Syntax("this is not part of what stands before", MEND),
    "did not find expected alphabetic or numeric character": Syntax(
        "text cannot begin with & or *", "quote it", at_start=True
    ),
    "did not find expected comment or line break": Syntax("text cannot follow here", "begin it in the next line"),
    "did not find expected hexdecimal number": ESCAPE,
    "did not find expected key": Syntax("this is not part of the map begun in line {line}", MEND),
    "did not find expected node content": Syntax("a value is missing before this", "quote this if it is the value"),
    "found a tab character that violates indentation": TAB,
    "found a tab character where an indentation space is expected": TAB,
    "found incompatible YAML document": DIRECTIVE,
    "found invalid Unicode character escape code": ESCAPE,
    "found undefined tag handle": Syntax("tags (!) are not read here", "quote text that begins with !", "DG004"),
    "found unexpected document indicator": QUOTE,
    "found unexpected end of stream": QUOTE,
    "found unknown directive name": DIRECTIVE,
    "found unknown escape character": ESCAPE,
    "mapping keys are not allowed in this context": Syntax("text cannot begin with ?", "quote it"),
    "mapping values are not allowed in this context": Syntax("a colon cannot stand here", MEND),
    "second document": Syntax("a second document begins here", "give it a file of its own", "DG005"),
    "too deep": Syntax(f"nested more than {DEEPEST} levels deep", code="DG008"),
}
"""Reasons by messages of libyaml 0.2.5 (scanner.c, parser.c), or of our reader; others are shown unchanged."""


def explain(problem: str, found: str) -> Syntax:
    """Explain the parser's `problem`; `found` is the character that it stopped at."""
    if problem != "found character that cannot start any token":
        return SYNTAX.get(problem) or Syntax(problem)
    return TAB if found == "\t" else Syntax(f"text cannot begin with {found}", "quote it")
