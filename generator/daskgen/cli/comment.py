"""`daskgen comment`: write the plan into the pull request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

import click

from daskgen.cli._say import say
from daskgen.forge import ForbiddenError, find_pull_request, post, write_comment

RESULTS = {
    "updated": "the comment is updated",
    "posted": "a comment is posted",
    "nothing": "there is nothing to say, and no comment to change",
}


@click.command("comment", short_help="Post what `plan` says as a comment of the pull request of a CI job.")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--update-only", is_flag=True, help="Change the comment if there is one; make none.")
@click.pass_obj
def command(root: Path, file: TextIO, update_only: bool) -> int:
    """Post FILE, what `plan --format markdown` says, to the pull request of a CI job, or update the comment there.

    Runs in jobs of GitHub, Forgejo and GitLab, and takes the token from GITHUB_TOKEN or GITLAB_TOKEN. A token that
    may not write comments, as that of a pull request from a fork, is no error: the comment is printed instead.
    """
    request = find_pull_request(os.environ)
    body = write_comment(Path(os.path.relpath(root)).as_posix(), file.read(), request)
    try:
        result = post(request, body, anew=not update_only)
    except ForbiddenError as error:
        say(f"no comment is written, as this job may not: {error}", err=True)
        say(body.removesuffix("\n"))
        return 0
    say(RESULTS[result], err=True)
    return 0
