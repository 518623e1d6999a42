"""Rules about the images that containers run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from daskgen.findings.finding import Finding
from daskgen.parts.image import PLACEHOLDER, Image, read_reference
from daskgen.paths import Path, format_path
from daskgen.rules import Rule, RuleContext

FIXED_HOLES = ((2026, 1, 1), (2025, 9, 2), (2025, 9, 3))
"""CVE-2026-23528, cross-site scripting in the dashboard that runs code in Jupyter: fixed in the first release and later
ones, and in the backports after it (GHSA-c336-7962-wfj2)."""

FALLBACK_HOLE = (2026, 7, 1)
"""Release that fixes the same in the dashboard's fallback page: dask/distributed#9328."""

RUN_DASK = {"scheduler", "worker", "job"}
"""Containers that run dask, so that their tag may be its version."""


class Used(NamedTuple):
    """An image of a container, and the field of the spec that sets it."""

    path: Path
    title: str
    image: Image
    runs_dask: bool = True


def find_images(context: RuleContext) -> Iterator[Used]:
    """Find the cluster's image, and every other image, including those in patches."""
    given = {(*path, "image"): pod.image for path, pod in context.cluster.find_pods() if pod.image}
    given |= dict(context.cluster.find_notebook_images())
    yield Used(("image",), "image", context.cluster.image)
    if (packages := context.cluster.packages) and packages.base:
        yield Used(("packages", "from"), "packages.from", packages.base)
    yield from (Used(path, format_path(path), image) for path, image in given.items())
    for container in context.containers:
        name, reference = container.body.get("name"), container.body.get("image")
        if reference and reference != PLACEHOLDER:
            path = context.origin(container.resource, *container.path, "image")
            if path in given:
                continue
            image = Image.model_construct(**read_reference(reference))
            yield Used(path, f"image of container {name}", image, name in RUN_DASK)
    for template in context.templates:
        for index, volume in enumerate(template.spec.get("volumes") or ()):
            if reference := (volume.get("image") or {}).get("reference"):
                path = context.origin(template.resource, *template.path, "volumes", index, "image", "reference")
                image = Image.model_construct(**read_reference(reference))
                yield Used(path, f"image of volume {volume.get('name')}", image, runs_dask=False)


def check_images(context: RuleContext) -> Iterator[Finding]:
    """Refuse images that are not pinned, and versions of dask with known vulnerabilities."""
    for used in find_images(context):
        yield from _check_pinned(used)
        if used.runs_dask:
            yield from _check_version(used)


def _check_pinned(used: Used) -> Iterator[Finding]:
    image = used.image
    if not image.digest and not image.tag:
        message = f"{used.title}: {image.name} has no tag, so it may name another image later"
        yield Finding(used.path, "DG302", message, "add a tag that names a version")
    elif image.moves:
        message = f"{used.title}: the tag {image.tag} may name another image later"
        yield Finding(used.path, "DG302", message, "name a version, such as 2026.8.0-py3.12, or a digest")


def _check_version(used: Used) -> Iterator[Finding]:
    version = used.image.dask_version
    if version is None or version >= FALLBACK_HOLE:
        return
    if version < FIXED_HOLES[0] and version not in FIXED_HOLES:
        hole = "a known vulnerability, CVE-2026-23528 (code runs in the browser's Jupyter)"
        yield Finding(used.path, "DG303", f"{_name_version(used)} has {hole}", _advise(used))
    else:
        hole = "a known vulnerability in the dashboard's fallback page (dask/distributed#9328)"
        yield Finding(used.path, "DG304", f"{_name_version(used)} has {hole}", _advise(used), "warning")


def _name_version(used: Used) -> str:
    version = _write(used.image.dask_version or ())
    return f"{used.title}: dask {version}" + ("" if used.image.dask else f" (read from the tag {used.image.tag})")


def _write(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _advise(used: Used) -> str:
    newer = "use 2026.7.1 or later"
    if used.image.dask:
        return newer
    if used.path[-1] in {"image", "from"} and used.path[0] != "patches":
        fields = f"{{name: {used.image.name}, tag: {used.image.tag}, dask: 2026.8.0}}"
        return f"{newer}; if the tag is not the version of dask, set that: {used.path[-1]}: {fields}"
    return f"{newer}; if the tag is not the version of dask, waive the rule with the right version as the reason"


def check_skew(context: RuleContext) -> Iterator[Finding]:
    """Refuse pods whose version of dask differs from the scheduler's: their messages may be incompatible."""
    cluster = context.cluster
    scheduler = (cluster.scheduler.image or cluster.image).dask_version
    for path, pod in cluster.find_pods():
        image = pod.image or cluster.image
        version = image.dask_version
        if scheduler and version and version != scheduler:
            place = (*path, "image") if pod.image else ("scheduler", "image")
            message = f"{format_path(path)} runs dask {_write(version)}, and the scheduler {_write(scheduler)}"
            yield Finding(place, "DG245", message, "use images with the same version")


RULES: tuple[Rule, ...] = (check_images, check_skew)
