"""What an edit does to all that a fleet has in Kubernetes."""

from __future__ import annotations

from collections.abc import Sequence

from daskgen.installation import Installation
from daskgen.plan import effects, operator
from daskgen.plan.effects import ClusterPlan
from daskgen.review import Prepared

Overlays = Sequence[Prepared | Installation]


def compare(before: Overlays, after: Overlays) -> list[ClusterPlan]:
    """The plans for the clusters and the operator to which anything happens, the operator's first."""
    clusters, edited = _index_clusters(before), _index_clusters(after)
    plans = [
        operator.compare(_find_operator(before), _find_operator(after)),
        *(effects.compare(clusters.get(name), edited.get(name)) for name in sorted({*clusters, *edited})),
    ]
    return [it for it in plans if it]


def _find_operator(side: Overlays) -> Installation | None:
    return next((it for it in side if isinstance(it, Installation)), None)


def _index_clusters(side: Overlays) -> dict[str, Prepared]:
    return {it.name: it for it in side if isinstance(it, Prepared)}
