"""Write a plan as a comment of a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from daskgen.plan.alike import Alike, SameDiffs, gather
from daskgen.plan.effect import Effect
from daskgen.plan.plans import Plan
from daskgen.plan.say.amounts import ask_approval, describe_amounts, list_amounts
from daskgen.plan.say.changes import say_change
from daskgen.plan.say.commands import say_commands
from daskgen.plan.say.effects import say_effect, say_kind
from daskgen.plan.say.headline import write_headline
from daskgen.plan.say.markdown import code, fence, fold, head_table, lay_row, plain
from daskgen.plan.say.picture import draw_reach
from daskgen.spec.prices import Prices
from daskgen.words import count, first_lines

MARK = "<!-- daskgen plan -->"
"""The first line of the comment, by which the previous comment is found and replaced."""

LIMIT = 65_000
"""Maximum size in bytes. GitHub accepts 65,536 characters (danger/danger#424), GitLab 1,000,000. However they count
characters, a text has no more of them than bytes of UTF-8. The rest is left for lines that others add."""

RESERVED = 2000
"""Bytes that are reserved for the note on what was cut."""

SHOWN = 8
"""Maximum number of names, effects or values in one row of the table, and of notes."""

AMOUNTS = 16
"""Maximum number of rows in the table of requests."""

COLUMNS = ("clusters", "effect", "cause", "requests")

LONGEST_HEADLINE = 2000
"""Maximum number of characters of the headline."""


class Parts(NamedTuple):
    """The parts of a comment: the head is always kept, rows and sections may be left out."""

    head: str
    alike: Sequence[Alike]
    rows: Sequence[str]
    """One row of the table for each of `alike`."""
    sections: Sequence[str]


def format_markdown(plan: Plan) -> str:
    """Write the whole plan, of any length."""
    parts = _write(plan)
    return _join([parts.head, *_lay_table(parts.rows), *parts.sections])


def format_comment(plan: Plan, whole: str = "", limit: int = LIMIT) -> str:
    """Write as much as fits into `limit` bytes; `whole` names the file that holds the whole plan, if there is one.

    Diffs that do not fit are left out first, then rows of the table; none is cut in the middle.
    """
    parts = _write(plan)
    text = _join([parts.head, *_lay_table(parts.rows), *parts.sections])
    return text if _measure(text) <= limit else _cut(parts, whole, limit)


def _write(plan: Plan) -> Parts:
    found = gather(plan.clusters)
    commands = [_write_commands(alike) for alike in found if alike.commands]
    # Diffs of clusters that are added or deleted are long and seldom read.
    order = sorted(found, key=lambda alike: alike.before.clusters != alike.after.clusters)
    diffs = [_write_diffs(same) for alike in order for same in alike.same_diffs if same.diffs]
    pictures = [_draw(alike) for alike in found if alike.first.reach.changes]
    rows = [_write_row(alike, plan.prices) for alike in found]
    return Parts(_write_head(plan), found, rows, [*commands, *pictures, *diffs])


def _cut(parts: Parts, whole: str, limit: int) -> str:
    room = limit - RESERVED - _measure(parts.head)
    rows = list(_take([*head_table(COLUMNS), *parts.rows], room, stop=True))
    left = parts.alike[len(rows) - 2 :]
    rows += [_write_rest(left)] if left else []
    sections = list(_take(parts.sections, room - _measure(_join(rows)), stop=False))
    shown = [f"{len(parts.alike) - len(left)} of {count(len(parts.alike), 'row')}"] if left else []
    if len(sections) < len(parts.sections):
        shown.append(f"{len(sections)} of {len(parts.sections)} lists of commands and diffs")
    where = f"{code(whole)} has" if whole else "`daskgen plan --format markdown --output FILE` writes"
    note = f"> The plan is too long for a comment, which shows {' and '.join(shown)}; {where} all of them."
    return _join([parts.head, note, "\n".join(rows), *sections])


def _take(texts: Iterable[str], room: int, *, stop: bool) -> Iterator[str]:
    """Take the texts that fit into `room` bytes, each with two line breaks; `stop` at the first that does not fit."""
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
    amounts = list(list_amounts(plan.before, plan.after, plan.prices))[:AMOUNTS]
    against = f"Compared with {plain(plan.base)}, the requests of these clusters"
    if not any(amount.difference for amount in amounts):
        yield f"{against} stay the same: {', '.join(plain(amount.name(amount.after)) for amount in amounts)}."
        return
    yield f"{against} change:"
    table = head_table(("", "before", "after", "difference"), ("before", "after", "difference"))
    rows = (lay_row([plain(one.title), one.show(one.before), one.show(one.after), one.difference]) for one in amounts)
    yield "\n".join([*table, *rows])


def _write_notes(plan: Plan) -> list[str]:
    notes = [plain(note) for note in (*ask_approval(plan), *plan.notes)]
    return [f"> {note}" for note in first_lines(notes, SHOWN)]


def _lay_table(rows: Sequence[str]) -> list[str]:
    return ["\n".join([*head_table(COLUMNS), *rows])] if rows else []


def _write_row(alike: Alike, prices: Prices | None) -> str:
    effects = [_write_effect(effect) for effect in alike.effects]
    changes = [code(say_change(change)) for change in alike.changes]
    asked = [plain(amount) for amount in describe_amounts(alike.before, alike.after, prices).split(", ")]
    shortened = (first_lines(lines, SHOWN) for lines in (effects, changes, asked))
    return lay_row("<br>".join(lines) for lines in [[_write_names(alike)], *shortened])


def _write_names(alike: Alike) -> str:
    if len(alike.names) == 1:
        return f"**{plain(alike.names[0])}**"
    return f"**{count(len(alike.names), 'cluster')}**<br>{_list_names(alike.names)}"


def _list_names(names: Sequence[str]) -> str:
    left = len(names) - SHOWN
    return ", ".join(map(plain, names[:SHOWN])) + (f" and {left} more" if left > 0 else "")


def _write_effect(effect: Effect) -> str:
    by_hand = " (needs the commands below)" if effect.commands else ""
    return f"**{say_kind(effect.kind)}** {plain(say_effect(effect))}{by_hand}"


def _write_rest(left: Sequence[Alike]) -> str:
    kinds: Counter[str] = Counter()
    for alike in left:
        kinds[say_kind(alike.gravest)] += len(alike.names)
    told = ", ".join(f"{number} {word}" for word, number in kinds.items())
    return lay_row([f"… and {count(sum(kinds.values()), 'more cluster')}", told, "", ""])


def _write_commands(alike: Alike) -> str:
    title = f"Commands to run for {_title(alike.names)}: {len(alike.commands)}"
    return fold(title, fence("\n".join(map(say_commands, alike.commands)), "sh"))


def _draw(alike: Alike) -> str:
    picture = fence(draw_reach(alike.first.reach), "mermaid")
    return "\n\n".join([f"Who reaches {plain(_title(alike.names))}:", picture])


def _write_diffs(same: SameDiffs) -> str:
    objects = count(len(same.diffs), "object")
    blocks = [fence("\n".join(diff.text for diff in same.diffs), "diff")]
    if len(same.names) > 1:
        rest = f"The same lines change in {count(len(same.names) - 1, 'other cluster')}, with their own names: "
        blocks.insert(0, f"{rest}{', '.join(map(plain, same.names[1:]))}")
    return fold(f"Diff of {_title(same.names)}: {objects}", *blocks)


def _title(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {count(len(names) - 1, 'other')}"


def _join(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks)


def _measure(text: str) -> int:
    return len(text.encode())
