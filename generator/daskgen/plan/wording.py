"""What an edit does, in sentences: for those who decide whether it is merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from daskgen.kubernetes.quantity import format_bytes
from daskgen.kubernetes.totals import Totals
from daskgen.plan.effect import Effect, Kind
from daskgen.plan.effects import ClusterPlan
from daskgen.words import count


class Phrase(NamedTuple):
    """What is said of clusters, `{}`, of which the gravest happens to the whole, or to parts."""

    whole: str
    parts: str


LOSING = "(what runs there is lost)"

PHRASES: Mapping[Kind, Phrase] = {
    Kind.DELETED: Phrase(f"deletes {{}} {LOSING}", "deletes parts of {}"),
    Kind.MOVED: Phrase(*["moves {} elsewhere, where it starts empty"] * 2),
    Kind.RENAMED: Phrase(*["starts {} empty, under another name than what runs"] * 2),
    Kind.RECREATED: Phrase(f"makes {{}} anew {LOSING}", "makes parts of {} anew"),
    Kind.RESTARTED: Phrase("restarts {}", f"restarts {{}} {LOSING}"),
    Kind.ROLLED: Phrase("replaces the workers of {} a few at a time", "replaces the workers of {} a few at a time"),
    Kind.REFUSED: Phrase("is refused by Kubernetes for {}", "is refused by Kubernetes for parts of {}"),
    Kind.IGNORED: Phrase(*["does not reach all pods of {} until somebody acts"] * 2),
    Kind.LEFT_BEHIND: Phrase("leaves {} behind", "leaves parts of {} behind"),
    Kind.SCALED: Phrase("scales {}", "scales {}"),
    Kind.REMOVED: Phrase(*["takes objects away from {}"] * 2),
    Kind.UPDATED: Phrase("updates {} in place", "updates {} in place"),
    Kind.ADDED: Phrase("adds {}", "adds to {}"),
}

NAMED = 3
"""Up to so many clusters are named in a sentence; of more, their number is."""


def write_headline(subject: str, plans: Sequence[ClusterPlan]) -> str:
    """All that `subject`, such as a merge, does, in a sentence: the gravest first, every cluster once."""
    told: dict[tuple[Kind, str], list[ClusterPlan]] = defaultdict(list)
    for it in plans:
        told[it.gravest, _find_phrase(it)].append(it)
    # A whole is more than its parts.
    order = sorted(told, key=lambda it: (it[0], it[1] != _get_phrase(it[0]).whole))
    return f"{subject} {_enumerate(phrase.format(_name(told[kind, phrase])) for kind, phrase in order)}"


def _find_phrase(plan: ClusterPlan) -> str:
    phrase = _get_phrase(plan.gravest)
    whole = any(it.what.startswith(WHOLES) for it in plan.effects if it.kind is plan.gravest)
    return phrase.whole if whole else phrase.parts


WHOLES = ("the cluster", "the operator", "delivery")


def _get_phrase(kind: Kind) -> Phrase:
    return PHRASES.get(kind) or Phrase(*[f"has {{}} {kind.word}"] * 2)


def _name(plans: Sequence[ClusterPlan]) -> str:
    clusters = [it.name for it in plans if it.before.clusters or it.after.clusters]
    operators = ["the operator" for it in plans if it.before.operators or it.after.operators]
    told = [*([_name_clusters(clusters)] if clusters else []), *operators]
    return _enumerate([*told, *["delivery"] * (len(plans) - len(clusters) - len(operators))])


def _name_clusters(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return count(len(names), "cluster")
    return f"cluster{'s' * (len(names) > 1)} {_enumerate(names)}"


def _enumerate(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def describe_effect(it: Effect) -> str:
    """To what something happens, and what that costs."""
    return it.what + (f"; {it.cost}" if it.cost else "")


class Amount(NamedTuple):
    """How much of something is asked for before and after; `show` writes a number of it, `name` with what it is."""

    title: str
    before: int
    after: int
    show: Callable[[int], str]
    name: Callable[[int], str]

    @property
    def difference(self) -> str:
        """How much more or less it is; "" if it is the same."""
        more = self.after - self.before
        return f"{'+' if more > 0 else '-'}{self.show(abs(more))}" if more else ""


SIZES = {"ephemeral-storage": "scratch", "storage": "volumes"}
"""Resources in bytes, and what people call them."""


def list_amounts(before: Totals, after: Totals) -> Iterator[Amount]:
    """Everything that is asked for on either side."""
    yield Amount("workers", before.workers, after.workers, str, lambda it: count(it, "worker"))
    yield Amount("cores", before.millicores, after.millicores, _count_cores, lambda it: count(it / 1000, "core"))
    yield Amount("memory", before.memory, after.memory, format_bytes, partial(_name_size, "memory"))
    old, new = dict(before.others), dict(after.others)
    for name in sorted({*old, *new}):
        title = SIZES.get(name, name)
        is_size = name in SIZES or name.startswith("hugepages-")
        show, tell = (format_bytes, _name_size) if is_size else (str, _name_pieces)
        yield Amount(title, old.get(name, 0), new.get(name, 0), show, partial(tell, title))


def describe_amounts(before: Totals, after: Totals) -> str:
    """What is asked for and changes, in a line; "the same" if nothing does."""
    changed = [f"{it.show(it.before)} → {it.name(it.after)}" for it in list_amounts(before, after) if it.difference]
    return ", ".join(changed) or "the same"


def _count_cores(millicores: int) -> str:
    return f"{millicores / 1000:g}"


def _name_size(title: str, size: int) -> str:
    return f"{format_bytes(size)} of {title}"


def _name_pieces(title: str, pieces: int) -> str:
    return f"{pieces} {title}"
