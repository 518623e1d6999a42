"""`daskgen tools`: show the external programs that daskgen uses."""

from __future__ import annotations

import click

from daskgen.cli._say import say
from daskgen.outside import tools as programs


@click.command("tools")
def command() -> int:
    """Show which kustomize and kubeconform are used, and why."""
    for name in programs.PINS:
        tool = programs.find(name)
        say(f"{tool.name} {tool.version}  {tool.path}  ({tool.how})")
        for reason in tool.passed_over:
            say(f"  not used: {reason}")
    return 0
