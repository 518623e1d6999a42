"""Rules about the packages that an image has to hold."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.rules import Rule, RuleContext


def check_packages(context: RuleContext) -> Iterator[Finding]:
    """Refuse packages that no image holds: they are listed, and the image is not built with them."""
    packages, name = context.cluster.packages, context.cluster.name
    if not packages or not (packages.pip or packages.conda):
        return
    if not packages.base:
        message = "packages: they are in the image only once it is built with them"
        yield Finding(("packages",), "DG276", message, f"run `daskgen image {name}`, which says how")
    elif packages.base.reference == context.cluster.image.reference:
        message = f"packages.from: {packages.base.reference} is the image of the cluster itself"
        yield Finding(("packages", "from"), "DG276", message, "set image to the one that was built with the packages")


RULES: tuple[Rule, ...] = (check_packages,)
