"""The plan in the pull request."""

from __future__ import annotations

import os
from pathlib import Path

import click

from daskgen.forge import ForbiddenError, find_pull_request, post, write_comment


def comment(root: Path, text: str, *, anew: bool) -> int:
    """Write what `plan` says of the fleet into the comment of the pull request; where that is forbidden, print it."""
    request = find_pull_request(os.environ)
    body = write_comment(Path(os.path.relpath(root)).as_posix(), text, request)
    try:
        done = post(request, body, anew=anew)
    except ForbiddenError as error:
        click.echo(f"no comment is written, as this job may not: {error}", err=True)
        click.echo(body, nl=False)
        return 0
    click.echo(SAID[done], err=True)
    return 0


SAID = {
    "updated": "the comment is updated",
    "posted": "a comment is posted",
    "nothing": "nothing to say, and no comment that said otherwise",
}
