"""Write a plan as text for a terminal."""

from __future__ import annotations

from textwrap import fill

from daskgen.plan.alike import Alike, gather
from daskgen.plan.plans import Plan
from daskgen.plan.say.amounts import SAME, ask_approval, describe_amounts
from daskgen.plan.say.changes import say_change
from daskgen.plan.say.commands import say_commands
from daskgen.plan.say.effects import say_effect, say_kind
from daskgen.plan.say.headline import count_effects
from daskgen.spec.prices import Prices
from daskgen.words import count, first_lines, lay_lines

SHOWN = 8
"""Maximum number of changed values that are listed for one cluster."""


def format_text(plan: Plan) -> str:
    """Write a headline, then a paragraph for each set of clusters with equal plans."""
    head = lay_lines([count_effects(plan), *plan.notes, *ask_approval(plan)])
    return "\n\n".join([head, *(_describe(alike, plan.prices) for alike in gather(plan.clusters))])


def _describe(alike: Alike, prices: Prices | None) -> str:
    lines = [
        *_title(alike).split("\n"),
        *first_lines([f"  {say_change(change)}" for change in alike.changes], SHOWN, "  "),
    ]
    is_one = len(alike.names) == 1
    for effect in alike.effects:
        lines.append(f"  {say_kind(effect.kind) + ':':<18}{say_effect(effect)}")
        lines += [f"    $ {say_commands(effect.commands)}"] if effect.commands and is_one else []
    lines += [f"    $ {say_commands(commands)}" for commands in alike.commands if not is_one]
    amounts = describe_amounts(alike.before, alike.after, prices)
    lines += [f"  {'requests:':<18}{amounts}"] if amounts != SAME else []
    return lay_lines(lines)


def _title(alike: Alike) -> str:
    where = f" (namespace {alike.namespaces[0]})" if len(alike.namespaces) == 1 else ""
    if len(alike.names) == 1:
        return f"{alike.names[0]}{where}"
    names = fill(", ".join(alike.names), 118, break_on_hyphens=False)
    return f"{count(len(alike.names), 'cluster')} with the same plan{where}:\n{names}"
