"""`daskgen comment`: post the plan on the pull request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

import click

from daskgen.cli._say import say
from daskgen.forge import ForbiddenError, find_pull_request, post, write_comment

RESULTS = {
    "updated": "updated the comment",
    "posted": "posted a comment",
    "nothing": "the plan is empty, and there is no comment to update",
}


@click.command("comment", short_help="Post the plan as a comment on the pull request of a CI job.")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--update-only", is_flag=True, help="Update the comment if there is one, but do not create one.")
@click.pass_obj
def command(root: Path, file: TextIO, update_only: bool) -> int:
    """Post FILE, the output of `plan --format markdown`, on the pull request of a CI job, or update the comment there.

    Runs in jobs of GitHub, Forgejo and GitLab, with the token in GITHUB_TOKEN or GITLAB_TOKEN. If the token may not
    write comments, as in a pull request from a fork, the comment is printed instead, which is not an error.
    """
    request = find_pull_request(os.environ)
    body = write_comment(Path(os.path.relpath(root)).as_posix(), file.read(), request)
    try:
        result = post(request, body, create=not update_only)
    except ForbiddenError as error:
        say(f"no comment is written, since this job has no permission: {error}", err=True)
        say(body.removesuffix("\n"))
        return 0
    say(RESULTS[result], err=True)
    return 0
