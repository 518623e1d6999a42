"""`daskgen watch`: render whenever a file of the fleet is saved."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import click

from daskgen.cli._pool import Pool
from daskgen.cli._say import say
from daskgen.cli._write import render
from daskgen.findings.problem import DaskgenError
from daskgen.outside.watching import watch_files
from daskgen.words import escape, name_some

NAMED = 5
"""Number of saved files that are named."""


@click.command("watch", short_help="Render whenever a file is saved, and say what changed.")
@click.pass_obj
def command(root: Path) -> int:
    """Render the fleet, and again whenever daskgen.yaml or a file in clusters/ is saved, until Ctrl+C.

    Errors are shown, and the files stay as they are until the next save.
    """
    edits = watch_files(root)
    next(edits)
    try_render(root)
    say("waiting for files to be saved; end with Ctrl+C", err=True)
    for saved in edits:
        say(f"saved: {escape(name_some(saved, NAMED))}", err=True)
        try_render(root)
    return 0


def try_render(root: Path) -> None:
    """Render, and go on after errors, which are shown."""
    try:
        render(root, (), (), Pool(os.cpu_count() or 1), "text")
    except click.exceptions.Exit:
        pass  # Its problems have been shown.
    except DaskgenError as error:
        say(str(error), err=True)
    # Loading a fleet freezes what it made, for commands that end soon.
    gc.unfreeze()
    gc.collect()
