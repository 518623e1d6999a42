"""Fleets before and after an edit, and what `plan` makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from daskgen.cli._fleet import choose_overlays
from daskgen.plan.fleet import Side, make_side, plan_fleet
from daskgen.plan.plans import ClusterPlan
from support.fleets import load

SETTINGS = 'apiVersion: daskgen/v1\nkubernetes: "1.34"\n'

ADDRESS = "https://git.example.com/data/fleet.git"


def deliver(*kinds: str, more: str = "") -> str:
    """Settings of a fleet that these engines deliver."""
    return SETTINGS + "delivery:\n" + "".join(f"- {{kind: {kind}, repository: {ADDRESS}{more}}}\n" for kind in kinds)


ARGOCD, FLUX, BOTH = deliver("argocd"), deliver("flux"), deliver("flux", "argocd")


class Fleets(NamedTuple):
    """A folder for the fleet before an edit and one for it afterwards."""

    folder: Path

    def plan(self, before: Side, after: Side) -> dict[str, ClusterPlan]:
        return {plan.name: plan for plan in plan_fleet(before, after)}

    def make(self, settings: str = ARGOCD, **clusters: str) -> Side:
        root = self.folder / str(len(list(self.folder.iterdir())))
        root.mkdir()
        (root / "daskgen.yaml").write_text(settings, encoding="utf-8")
        for name, text in clusters.items():
            path = root / "clusters" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return make_side(load(root).fleet, choose_overlays(load(root)))
