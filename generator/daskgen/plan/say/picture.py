"""Draw who reaches a cluster, as Mermaid, which GitHub and GitLab show as a picture.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

import re

from daskgen.plan.reach import Edge, Reach

SPECIAL = re.compile(r"[^\w .,:/=()-]")
"""Characters that could end the text of a node, or have a meaning in it."""

ARROWS = {(True, True): "-->", (False, True): "== added ==>", (True, False): "-. removed .->"}
"""The arrow of an edge, by whether it exists before and after the edit."""


def draw_reach(reach: Reach) -> str:
    """Draw every way to the cluster; added ones are thick, removed ones dotted."""
    edges = list(dict.fromkeys([*reach.before, *reach.after]))
    sources = {source: f"source{index}" for index, source in enumerate(dict.fromkeys(edge.source for edge in edges))}
    nodes = [f'  {node}["{_escape(source)}"]' for source, node in sources.items()]
    lines = (f"  {sources[edge.source]} {_find_arrow(edge, reach)} {edge.target}" for edge in edges)
    return "\n".join(["flowchart LR", *nodes, *lines])


def _find_arrow(edge: Edge, reach: Reach) -> str:
    return ARROWS[edge in reach.before, edge in reach.after]


def _escape(text: str) -> str:
    return SPECIAL.sub(lambda match: f"#{ord(match[0])};", text)
