"""Define what nodes cost: `prices` in daskgen.yaml. Plans say what an edit costs a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from daskgen.kubernetes.totals import Requested, Totals, subtract
from daskgen.model import Items, LabelKey, LabelValue, Model, Text
from daskgen.model.patterns import CURRENCY

HOURS = 730
"""Hours of a month, as the price calculators of clouds count them."""

Price = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


class Rates(Model):
    """Prices of what pods request, for an hour."""

    cpu: Annotated[Price, Field(description="A core for an hour.")] = 0.0
    memory: Annotated[Price, Field(description="A GiB of memory for an hour.")] = 0.0
    resources: Annotated[
        dict[LabelKey, Price],
        Field(
            examples=[{"nvidia.com/gpu": 2.5}],
            description="Other resources for an hour, by their name in Kubernetes, such as nvidia.com/gpu.",
        ),
    ] = {}

    def charge(self, requested: Requested) -> float:
        """Return what these requests cost for an hour."""
        others = sum(self.resources.get(name, 0) * number for name, number in requested.others)
        return self.cpu * requested.millicores / 1000 + self.memory * requested.memory / (1 << 30) + others


class NodeRates(Rates):
    """Prices of some nodes, such as those of a spot pool."""

    node_selector: Annotated[
        dict[LabelKey, LabelValue],
        Field(min_length=1, examples=[{"pool": "spot"}], description="Pods with these in their nodeSelector pay them."),
    ]


class Approval(Model):
    """The increase that a reviewer has to approve."""

    above: Annotated[Price, Field(examples=[500], description="Increase a month above which the plan asks for it.")]
    label: Annotated[
        Text, Field(examples=["cost-approved"], description="Label that a reviewer gives the pull request.")
    ]


class Prices(Rates):
    """What requests cost, and when an increase needs an approval."""

    currency: Annotated[str, Field(pattern=CURRENCY, examples=["EUR"], description="Code of the currency.")]
    storage: Annotated[Price, Field(description="A GiB of PersistentVolumeClaims for a month.")] = 0.0
    nodes: Annotated[Items[NodeRates], Field(description="Prices of other nodes; the first that matches counts.")] = ()
    approval: Annotated[Approval | None, Field(description="The increase that a reviewer has to approve.")] = None

    def charge_month(self, totals: Totals) -> float:
        """Return what clusters cost a month if they run all of it at their maximum."""
        volumes = dict(totals.others).get(STORAGE, 0) / (1 << 30) * self.storage
        return HOURS * sum(rates.charge(requested) for rates, requested in self._divide(totals)) + volumes

    def _divide(self, totals: Totals) -> Iterator[tuple[Rates, Requested]]:
        """Divide the requests by the prices that count for them."""
        rest = totals.requested
        for selector, requested in totals.placed:
            if rates := self._find_rates(dict(selector)):
                rest = subtract(rest, requested)
                yield rates, requested
        yield self, rest

    def _find_rates(self, selector: Mapping[str, str]) -> NodeRates | None:
        return next((rates for rates in self.nodes if rates.node_selector.items() <= selector.items()), None)


STORAGE = "storage"
"""The name of the sizes of claims in `Totals.others`."""
