"""Write the resources that are requested before and after an edit, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from daskgen.kubernetes.quantity import format_bytes
from daskgen.kubernetes.totals import Totals
from daskgen.plan.plans import Plan
from daskgen.spec.prices import Prices
from daskgen.words import count


class Amount(NamedTuple):
    """A requested amount before and after; `show` writes the number alone, `name` with its unit."""

    title: str
    before: int
    after: int
    show: Callable[[int], str]
    name: Callable[[int], str]

    @property
    def difference(self) -> str:
        """Write the signed difference; "" if there is none."""
        more = self.after - self.before
        return f"{'+' if more > 0 else '-'}{self.show(abs(more))}" if more else ""


SIZES = {"ephemeral-storage": "scratch", "storage": "volumes"}
"""Resources in bytes, and their titles."""


def list_amounts(before: Totals, after: Totals, prices: Prices | None = None) -> Iterator[Amount]:
    """List everything that is requested on either side, and what that costs if there are prices."""
    yield Amount("workers", before.workers, after.workers, str, lambda number: count(number, "worker"))
    yield Amount(
        "cores", before.millicores, after.millicores, _count_cores, lambda number: count(number / 1000, "core")
    )
    yield Amount("memory", before.memory, after.memory, format_bytes, partial(_name_size, "memory"))
    if prices:
        was, will = (round(prices.charge_month(side)) for side in (before, after))
        yield Amount(f"{prices.currency} a month", was, will, _show_price, partial(_name_price, prices.currency))
    old, new = dict(before.others), dict(after.others)
    for name in sorted({*old, *new}):
        title = SIZES.get(name, name)
        is_size = name in SIZES or name.startswith("hugepages-")
        show, tell = (format_bytes, _name_size) if is_size else (str, _name_pieces)
        yield Amount(title, old.get(name, 0), new.get(name, 0), show, partial(tell, title))


def describe_amounts(before: Totals, after: Totals, prices: Prices | None = None) -> str:
    """Write the amounts that change in one line; "the same" if none does."""
    amounts = (amount for amount in list_amounts(before, after, prices) if amount.difference)
    changed = [f"{amount.show(amount.before)} → {amount.name(amount.after)}" for amount in amounts]
    return ", ".join(changed) or SAME


SAME = "the same"


def ask_approval(plan: Plan) -> list[str]:
    """Write who has to approve what the edit costs; empty if nobody has to."""
    if not (plan.prices and plan.approval):
        return []
    more, most = f"{plan.increase:,.0f} {plan.prices.currency} a month more", f"{plan.approval.above:,.0f}"
    return [f"{more}, and more than {most} needs the label {plan.approval.label} of a reviewer"]


def _show_price(price: int) -> str:
    return f"{price:,}"


def _name_price(currency: str, price: int) -> str:
    return f"{price:,} {currency} a month"


def _count_cores(millicores: int) -> str:
    return f"{millicores / 1000:g}"


def _name_size(title: str, size: int) -> str:
    return f"{format_bytes(size)} of {title}"


def _name_pieces(title: str, pieces: int) -> str:
    return f"{pieces} {title}"
