"""`daskgen pin`: write the digest of each image's tag into the specs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from daskgen import digests
from daskgen.cli._fleet import choose_clusters, load
from daskgen.cli._say import say
from daskgen.cli._show import show
from daskgen.digests import Answer, Tagged
from daskgen.outside import disk
from daskgen.outside.registry import find_digest
from daskgen.render.operator import render_operators
from daskgen.spec.load import LoadedFleet
from daskgen.words import count


@click.command("pin", short_help="Write the digest of each image's tag into the specs.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.pass_obj
def command(root: Path, names: tuple[str, ...]) -> int:
    """Write the digest that the registry has now for the tag of each image into the specs, or those of NAME.

    Comments and layout are kept, and so are tags, which say what a digest is. Registries are asked as the user that
    docker is logged in as. Writes nothing if one of them does not answer. `daskgen check --digests` says which
    digests are behind their tags.
    """
    fleet = load(root)
    images = _find_images(fleet, names)
    answers, problems = digests.ask([tagged for tagged in images if tagged.layer], find_digest)
    if problems:
        show(sorted(problems), "text")
        say("nothing was written", err=True)
        return 1
    behind = [answer for answer in answers if answer.is_behind]
    disk.write_sources(root, digests.write(behind), fleet.files)
    say("\n".join(map(_describe, behind)))
    say(_conclude(len(behind), len(answers), [tagged for tagged in images if not tagged.layer]), err=True)
    return 0


def _find_images(fleet: LoadedFleet, names: Sequence[str]) -> list[Tagged]:
    operators = render_operators(fleet.settings, names)
    wanted = [name for name in names if name not in {operator.name for operator in operators}]
    # An image that is not pinned is an error, which this command corrects.
    clusters = choose_clusters(fleet, wanted, only_readable=True) if wanted or not names else []
    return digests.find_tagged(fleet.settings, clusters, operators)


def _describe(answer: Answer) -> str:
    at, title, image = answer.tagged.at, answer.tagged.title, answer.tagged.image
    before = f", before {image.digest}" if image.digest else ""
    return f"{at.file}:{at.line}:{at.column}: {title}: {image.name}:{image.tag} is {answer.digest}{before}"


def _conclude(written: int, asked: int, defaults: Sequence[Tagged]) -> str:
    lines = [f"{count(written, 'digest')} written, {asked - written} unchanged"]
    lines += [f"not in a file: {image.image.reference} of {image.title}; write `image` there" for image in defaults]
    return "\n".join([*lines, *(["next: git diff; daskgen render"] if written else [])])
