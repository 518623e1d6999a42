"""`daskgen tools`: show which programs are used."""

from __future__ import annotations

import click

from daskgen.outside import tools as programs


@click.command("tools")
def command() -> int:
    """Show which kustomize and kubeconform are used, and why."""
    for name in programs.PINS:
        tool = programs.find(name)
        click.echo(f"{tool.name} {tool.version}  {tool.path}  ({tool.how})")
        for reason in tool.passed_over:
            click.echo(f"  passed over: {reason}")
    return 0
