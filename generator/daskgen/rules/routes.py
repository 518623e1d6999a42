"""Rules about the routes that the dashboard of the scheduler serves besides its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.engine.operator import API
from daskgen.findings.finding import Finding
from daskgen.parts.config import ROUTES_PATH
from daskgen.paths import Path, get
from daskgen.rules import Rule, RuleContext, find_variables

VARIABLE = "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES"

RISKS: Mapping[str, str] = {
    "distributed.http.proxy": "opens connections to any host that a request names",
    "distributed.http.scheduler.json": "lists the addresses of all workers",
    API: "stops workers, without a password",
}
"""Routes that are not rendered, and what they do for whoever reaches the dashboard."""


def check_routes(context: RuleContext) -> Iterator[Finding]:
    """Report routes that the spec turns on and that nothing rendered needs."""
    said: list[tuple[Path, Any]] = [(("config", *ROUTES_PATH), get(context.cluster.config, ROUTES_PATH))]
    said += [(path, value) for path, name, value in find_variables(context) if name == VARIABLE]
    needed = get(context.cluster.engine.config, ROUTES_PATH) or ()
    for path, value in said:
        for route, risk in RISKS.items():
            if route in str(value) and route not in needed:
                hint = "leave it out, or waive DG356 with what needs it"
                yield Finding(path, "DG356", f"route {route} {risk}", hint, "warning")


RULES: tuple[Rule, ...] = (check_routes,)
