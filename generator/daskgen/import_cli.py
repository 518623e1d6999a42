"""How `daskgen import` is called."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of the specs; clusters/ without.")
@click.option("--stdout", is_flag=True, help="Write nothing; print the specs, and the report on standard error.")
@click.option("--force", is_flag=True, help="Replace specs that are there already.")
@click.option("--name", default="", help="Name of the cluster, where not that of its objects or file.")
@click.option("--namespace", default="", metavar="NAME", help="Namespace, where the files name none.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", help="How it is printed.")
@click.pass_obj
def import_(
    root: Path,
    files: tuple[str, ...],
    out: Path | None,
    stdout: bool,
    force: bool,
    name: str,
    namespace: str,
    form: str,
) -> int:
    """Turn manifests of Dask into specs: of its operator, plain Deployments, or values of its Helm chart.

    Nothing is lost: what no field takes is patched, and all that is rendered otherwise is listed with the reason. FILE
    may be - for standard input.
    """
    from daskgen.commands import importing  # noqa: PLC0415 - most commands do without

    order = importing.Order(files, out or Path(root, "clusters"), name, namespace)
    return importing.print_specs(root, order, form) if stdout else importing.write(root, order, form, force)
