"""Rules about the packages that an image must contain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from daskgen.findings.finding import Finding
from daskgen.kubernetes import quantity
from daskgen.parts.installing import CONTAINER, SEARCHED
from daskgen.paths import Path, format_path
from daskgen.rules import Rule, RuleContext, find_environments

DASK = {"dask", "distributed"}


def check_packages(context: RuleContext) -> Iterator[Finding]:
    """Refuse packages that are listed while the image is not built with them."""
    packages, name = context.cluster.packages, context.cluster.name
    if not packages or packages.at_start or not (packages.pip or packages.conda):
        return
    if not packages.base:
        message = "packages: the image does not contain them until it is built with them"
        yield Finding(("packages",), "DG276", message, f"run `daskgen image {name}`, which shows how")
    elif packages.base.reference == context.cluster.image.reference:
        message = f"packages.from: {packages.base.reference} is the image of the cluster itself"
        yield Finding(("packages", "from"), "DG276", message, "set image to the one that was built with the packages")


def check_lock(context: RuleContext) -> Iterator[Finding]:
    """Refuse a lock that lacks a package of the list, or contains Dask."""
    packages = context.cluster.packages
    if not packages or not packages.at_start:
        return
    locked = {one.name: one.version for one in packages.locked}
    for index, pin in enumerate(packages.pinned):
        if locked.get(pin.name) != pin.version:
            message = f"packages.pip.{index}: the lock has {_describe(pin.name, locked)}"
            hint = "write the lock again, as docs/images.md shows; or list that version"
            yield Finding(("packages", "pip", index), "DG273", message, hint)
    for name in sorted(DASK.intersection(locked)):
        message = f"packages.lock: {name} is in the image, and scheduler, workers and clients need the same version"
        yield Finding(("packages", "lock"), "DG273", message, f"remove {name} from the lock")


def _describe(name: str, locked: Mapping[str, str]) -> str:
    return f"{name}=={locked[name]}" if name in locked else f"no {name}"


def check_index(context: RuleContext) -> Iterator[Finding]:
    """Refuse policies under which no pod reaches the index."""
    packages, network = context.cluster.packages, context.cluster.network
    if not packages or not packages.at_start or not network.isolation or packages.source.egress:
        return
    port = packages.source.port
    if not any(not target.ports or port in target.ports for target in network.egress):
        path: Path = ("packages", "index") if packages.index else ("packages", "install")
        message = f"{format_path(path)}: policies let no pod reach {packages.source.host} on port {port}"
        hint = f"write index: {{url: {packages.source.url}, egress: [{{cidr: RANGE}}]}}, with its addresses or pods"
        yield Finding(path, "DG274", message, hint)


def check_room(context: RuleContext) -> Iterator[Finding]:
    """Refuse scratch volumes without room for packages, and conflicting volumes and variables."""
    packages = context.cluster.packages
    if not packages or not packages.at_start:
        return
    for path, pod in context.cluster.find_pods():
        if quantity.parse(pod.room) <= quantity.parse(packages.size):
            message = f"{format_path(path)}: a scratch volume of {pod.room} has no room for {packages.size} of packages"
            hint = "set a larger scratch, or a smaller packages.size"
            yield Finding(("packages", "size"), "DG275", message, hint)
        for index, container in enumerate(pod.init_containers):
            if container["name"] == CONTAINER:
                message = f"an init container is already named {CONTAINER}"
                yield Finding((*path, "initContainers", index, "name"), "DG275", message, "rename it")
    for path, environment in find_environments(context):
        if SEARCHED in environment:
            message = f"{SEARCHED} is the path of the packages, and may not be set here"
            yield Finding((*path, SEARCHED), "DG217", message, "leave it out")


RULES: tuple[Rule, ...] = (check_packages, check_lock, check_index, check_room)
