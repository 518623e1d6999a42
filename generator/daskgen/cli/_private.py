"""What commands that make certificates share: where keys are kept, and their options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from daskgen.findings.problem import DaskgenError
from daskgen.outside import disk
from daskgen.spec.cluster import Cluster

if TYPE_CHECKING:
    from daskgen.certificates import Authority

AUTHORITY_FILES = ("ca.crt", "ca.key")

Command = Callable[..., Any]


def output_option(text: str) -> Callable[[Command], Command]:
    """Give a command the option of the folder for keys."""
    return click.option("--output", type=click.Path(path_type=Path, file_okay=False), help=text)


def days_option(default: int) -> Callable[[Command], Command]:
    """Give a command the option of how long a certificate lasts."""
    return click.option(
        "--days", type=click.IntRange(1, 3650), default=default, show_default=True, help="Days that certificates last."
    )


def find_authority(cluster: Cluster) -> Path:
    """Return the usual folder of the development authority of a cluster."""
    return disk.find_private("authorities", f"{cluster.namespace.name}.{cluster.name}")


def load_certificates() -> ModuleType:
    """Load what makes certificates. Raises `DaskgenError` where cryptography is missing."""
    try:
        from daskgen import certificates  # noqa: PLC0415 - takes long to load, and is of an extra
    except ModuleNotFoundError as error:
        raise DaskgenError("certificates need cryptography: pip install 'daskgen[cluster]'") from error
    return certificates


def read_authority(folder: Path) -> Authority | None:
    """Read an authority that was made before; None if there is none."""
    found = disk.read_private(folder, *AUTHORITY_FILES)
    return load_certificates().Authority(*found) if found else None


def show_paths(folder: Path, names: Sequence[str]) -> str:
    """List files that were written."""
    return "\n".join(str(folder / name) for name in names)
