"""`daskgen import`: turn manifests into specs, and report the outcome of every value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import click

from daskgen.cli._options import data_option
from daskgen.cli._say import give, say
from daskgen.findings.problem import DiskError, has_errors
from daskgen.importing.report import FORMATS
from daskgen.importing.run import Result, run
from daskgen.outside import disk
from daskgen.outside.files import CLUSTERS, FLEET_FILE, read_folder
from daskgen.spec.fleet import Fleet
from daskgen.spec.load import Settings, load_fleet
from daskgen.yaml.dialect import LARGEST
from daskgen.yaml.read import Source

STDIN = "-"

LARGEST_FILE = 16 * LARGEST
"""Largest size of a file with one or more documents, in bytes."""


class Order(NamedTuple):
    """The arguments of an import: files, the folder for specs, and values that the files may lack."""

    files: tuple[str, ...]
    out: Path
    name: str = ""
    namespace: str = ""


@click.command("import", short_help="Turn manifests of Dask, or values of its Helm chart, into specs.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of the specs; by default, clusters/."
)
@click.option("--stdout", is_flag=True, help="Write nothing; print the specs, and the report on standard error.")
@click.option("--force", is_flag=True, help="Replace existing specs.")
@click.option("--name", default="", help="Name of the cluster; by default, that of its objects or file.")
@click.option("--namespace", default="", metavar="NAME", help="Namespace, if the files set none.")
@data_option
@click.pass_obj
def command(
    root: Path,
    files: tuple[str, ...],
    out: Path | None,
    stdout: bool,
    force: bool,
    name: str,
    namespace: str,
    form: str,
) -> int:
    """Turn manifests of Dask into specs: objects of its operator, plain Deployments, or values of its Helm chart.

    Every value is accounted for: those without a field are patched, and those that are rendered differently are
    listed with the reason. FILE may be - for standard input.
    """
    order = Order(files, out or Path(root, CLUSTERS), name, namespace)
    return print_specs(root, order, form) if stdout else write(root, order, form, force)


def write(root: Path, order: Order, form: str, force: bool) -> int:
    """Write a spec for each cluster, and print the report. Writes nothing if a file has errors."""
    result = _run(root, order)
    if not has_errors(result.problems):
        changed = _write(order.out, {f"{cluster.name}.yaml": cluster.text for cluster in result.clusters}, force)
        say(_conclude(result, changed), err=True)
    say(FORMATS[form](result))
    return int(has_errors(result.problems))


def _write(out: Path, files: Mapping[str, str], force: bool) -> bool:
    """Write files into a folder, and create it if needed; return whether a file changed."""
    folder = out.resolve()
    anchor = next((parent for parent in folder.parents if parent.is_dir()), folder)
    room = folder.relative_to(anchor).as_posix()
    tree = {f"{room}/{name}": text for name, text in files.items()}
    taken = () if force else disk.compare(anchor, tree, ()).foreign
    if taken:
        names = ", ".join(str(out / Path(path).name) for path in taken)
        raise DiskError(f"{names} exists already, and nothing was written; --force replaces it")
    return disk.write(anchor, tree, (), force=force).any


def print_specs(root: Path, order: Order, form: str) -> int:
    """Print the specs, and the report on standard error."""
    result = _run(root, order)
    give("---\n".join(cluster.text for cluster in result.clusters))
    say(FORMATS[form](result), err=True)
    return int(has_errors(result.problems))


def _run(root: Path, order: Order) -> Result:
    files = {("stdin" if file == STDIN else file): _read(file) for file in order.files}
    return run(files, _load_settings(root), order.name, order.namespace, str(order.out))


def _load_settings(root: Path) -> Settings:
    """Load the settings of the fleet that the specs are for; empty settings if there is no fleet."""
    files = read_folder(root)
    if FLEET_FILE in files or files.refusals(FLEET_FILE):
        return load_fleet(files).settings
    return Settings(Fleet(), Source(FLEET_FILE, {}))


def _read(file: str) -> bytes:
    try:
        # A pipe is fine: `daskgen import <(kubectl get …)`.
        with click.open_file(file, "rb") as stream:
            data: bytes = stream.read(LARGEST_FILE + 1)
    except IsADirectoryError:
        hint = f"pass its files, or build it: kustomize build {file} | daskgen import -"
        raise click.BadParameter(f"{file} is a folder; {hint}", param_hint="FILE") from None
    except OSError as error:
        raise click.BadParameter(f"{file} cannot be read: {error.strerror}", param_hint="FILE") from None
    if len(data) > LARGEST_FILE:
        raise click.BadParameter(f"{file} has more than {LARGEST_FILE} bytes: split it", param_hint="FILE")
    return data


def _conclude(result: Result, changed: bool) -> str:
    names = ", ".join(cluster.file for cluster in result.clusters)
    todo = any(cluster.placeholders or cluster.decisions for cluster in result.clusters)
    first = "handle what was not imported, then " if todo else ""
    return f"{'written' if changed else 'unchanged'}: {names}\nnext: {first}daskgen render"
