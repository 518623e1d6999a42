"""How `daskgen comment` is called."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--update-only", is_flag=True, help="Change the comment if there is one; make none.")
@click.pass_obj
def comment(root: Path, file: TextIO, update_only: bool) -> int:
    """Post FILE, what `plan --format markdown` says, to the pull request of a CI job, or update the comment there.

    Runs in jobs of GitHub, Forgejo and GitLab, and takes the token from GITHUB_TOKEN or GITLAB_TOKEN. A token that
    may not write comments, as that of a pull request from a fork, is no error: the comment is printed instead.
    """
    from daskgen.commands.comment import comment as write  # noqa: PLC0415 - most commands do without

    return write(root, file.read(), anew=not update_only)
