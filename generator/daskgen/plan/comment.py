"""What an edit does, as the comment of a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from daskgen.kubernetes.totals import total
from daskgen.plan.effect import Effect
from daskgen.plan.groups import Group, Plan, Variant, gather
from daskgen.plan.markdown import code, fence, fold, head_table, lay_row, plain
from daskgen.plan.wording import describe_amounts, describe_effect, list_amounts, write_headline
from daskgen.words import count

MARK = "<!-- daskgen plan -->"
"""Stands at the beginning, so that whoever posts the comment finds the former one and replaces it."""

LIMIT = 65_000
"""Bytes. GitHub takes 65,536 of what its API calls characters (danger/danger#424), GitLab 1,000,000. However characters
are counted, there are no more of them than bytes of UTF-8. The rest is for those who add a line."""

RESERVED = 2000
"""Bytes for saying what was cut."""

SHOWN = 8
"""Names of clusters, effects, changed values in one row of the table; notes."""

AMOUNTS = 16
"""Rows of the table of what is asked for."""

COLUMNS = ("clusters", "what happens", "why", "asked for")


LONGEST_HEADLINE = 2000
"""Characters."""


class Parts(NamedTuple):
    """The comment in pieces that are either kept or left out: the head always is kept."""

    head: str
    groups: Sequence[Group]
    rows: Sequence[str]
    """A row of the table for each group."""
    sections: Sequence[str]


def format_markdown(plan: Plan) -> str:
    """All of it, however long."""
    parts = _write(plan)
    return _join([parts.head, *_lay_table(parts.rows), *parts.sections])


def format_comment(plan: Plan, whole: str = "", limit: int = LIMIT) -> str:
    """What a comment of `limit` bytes can hold; `whole` is the file that has all of it, if there is one.

    Diffs that do not fit are left out first, then rows of the table; what is shown is whole.
    """
    parts = _write(plan)
    text = _join([parts.head, *_lay_table(parts.rows), *parts.sections])
    return text if _measure(text) <= limit else _cut(parts, whole, limit)


def _write(plan: Plan) -> Parts:
    groups = gather(plan.clusters)
    commands = [_write_commands(it) for it in groups if it.commands]
    # What comes or goes as a whole is long, and seldom read.
    order = sorted(groups, key=lambda it: it.before.clusters != it.after.clusters)
    diffs = [_write_diffs(variant) for it in order for variant in it.variants if variant.diffs]
    return Parts(_write_head(plan), groups, [_write_row(it) for it in groups], [*commands, *diffs])


def _cut(parts: Parts, whole: str, limit: int) -> str:
    room = limit - RESERVED - _measure(parts.head)
    rows = list(_take([*head_table(COLUMNS), *parts.rows], room, stop=True))
    left = parts.groups[len(rows) - 2 :]
    rows += [_write_rest(left)] if left else []
    sections = list(_take(parts.sections, room - _measure(_join(rows)), stop=False))
    shown = [f"{len(parts.groups) - len(left)} of {count(len(parts.groups), 'row')}"] if left else []
    if len(sections) < len(parts.sections):
        shown.append(f"{len(sections)} of {len(parts.sections)} lists of commands and diffs")
    where = f"{code(whole)} has" if whole else "`daskgen plan --format markdown --output FILE` writes"
    note = f"> Too long for a comment: shown are {' and '.join(shown)}; {where} all of it."
    return _join([parts.head, note, "\n".join(rows), *sections])


def _take(texts: Iterable[str], room: int, *, stop: bool) -> Iterator[str]:
    """Those that fit into so many bytes, each with two line breaks; `stop` at the first that does not."""
    for text in texts:
        size = _measure(text) + 2
        if size <= room:
            room -= size
            yield text
        elif stop:
            return


def _write_head(plan: Plan) -> str:
    if not plan.clusters:
        return "\n".join([MARK, f"### Nothing changes against {plain(plan.base)}", *_write_notes(plan)])
    subject = "Applying what is in Git" if plan.is_live else "Merging this"
    headline = f"### {plain(write_headline(subject, plan.clusters), LONGEST_HEADLINE)}"
    return _join(["\n".join([MARK, headline]), *_write_notes(plan), *_write_cost(plan)])


def _write_cost(plan: Plan) -> Iterator[str]:
    before, after = (total(sides) for sides in zip(*((it.before, it.after) for it in plan.clusters), strict=True))
    amounts = list(list_amounts(before, after))[:AMOUNTS]
    against = f"Against {plain(plan.base)}. What {'these clusters ask' if len(plan.clusters) > 1 else 'it asks'} for"
    if before == after:
        yield f"{against} stays the same: {', '.join(plain(it.name(it.after)) for it in amounts)}."
        return
    yield f"{against}:"
    table = head_table(("", "before", "after", "difference"), ("before", "after", "difference"))
    rows = (lay_row([plain(it.title), it.show(it.before), it.show(it.after), it.difference]) for it in amounts)
    yield "\n".join([*table, *rows])


def _write_notes(plan: Plan) -> list[str]:
    return [f"> {it}" for it in _shorten([plain(note) for note in plan.notes])]


def _lay_table(rows: Sequence[str]) -> list[str]:
    return ["\n".join([*head_table(COLUMNS), *rows])] if rows else []


def _write_row(group: Group) -> str:
    effects = [_write_effect(it) for it in group.effects]
    changes = [code(text) for text, _ in group.changes]
    asked = [plain(it) for it in describe_amounts(group.before, group.after).split(", ")]
    return lay_row("<br>".join(it) for it in [[_write_names(group)], *map(_shorten, (effects, changes, asked))])


def _write_names(group: Group) -> str:
    if len(group.names) == 1:
        return f"**{plain(group.names[0])}**"
    return f"**{count(len(group.names), 'cluster')}**<br>{_list_names(group.names)}"


def _list_names(names: Sequence[str]) -> str:
    left = len(names) - SHOWN
    return ", ".join(map(plain, names[:SHOWN])) + (f" and {left} more" if left > 0 else "")


def _write_effect(it: Effect) -> str:
    by_hand = ": by hand, see below" if it.command else ""
    return f"**{it.kind.word}** {plain(describe_effect(it))}{by_hand}"


def _shorten(lines: Sequence[str]) -> list[str]:
    left = len(lines) - SHOWN
    return [*lines[:SHOWN], *([f"… and {left} more"] if left > 0 else [])]


def _write_rest(groups: Sequence[Group]) -> str:
    kinds: Counter[str] = Counter()
    for it in groups:
        kinds[it.gravest.word] += len(it.names)
    told = ", ".join(f"{number} {word}" for word, number in kinds.items())
    return lay_row([f"… and {count(sum(kinds.values()), 'more cluster')}", told, "", ""])


def _write_commands(group: Group) -> str:
    title = f"By hand, for {_title(group.names)}: {count(len(group.commands), 'command')}"
    return fold(title, fence("\n".join(group.commands), "sh"))


def _write_diffs(variant: Variant) -> str:
    objects = count(len(variant.diffs), "object")
    blocks = [fence("\n".join(it.text for it in variant.diffs), "diff")]
    if len(variant.names) > 1:
        rest = f"The same lines change in {count(len(variant.names) - 1, 'other cluster')}, under their own names: "
        blocks.insert(0, f"{rest}{', '.join(map(plain, variant.names[1:]))}")
    return fold(f"What changes in {_title(variant.names)}: {objects}", *blocks)


def _title(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {count(len(names) - 1, 'other')}"


def _join(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks)


def _measure(text: str) -> int:
    return len(text.encode())
