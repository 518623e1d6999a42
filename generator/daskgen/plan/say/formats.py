"""List the formats of a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from daskgen.plan.plans import Plan
from daskgen.plan.say.comment import format_markdown
from daskgen.plan.say.document import format_json
from daskgen.plan.say.text import format_text

FORMATS: Mapping[str, Callable[[Plan], str]] = {
    "text": format_text,
    "markdown": format_markdown,
    "json": format_json,
}
"""Each format has the whole plan."""
