"""`daskgen certs`: make a development authority and the Secrets of a cluster's certificates."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import click

from daskgen.cli._fleet import choose_clusters, load
from daskgen.cli._options import complete_cluster
from daskgen.cli._private import (
    AUTHORITY_FILES,
    days_option,
    find_authority,
    load_certificates,
    output_option,
    read_authority,
    show_paths,
)
from daskgen.cli._say import say
from daskgen.issuer import SERVES, Site
from daskgen.kubernetes.objects import Object
from daskgen.outside import disk
from daskgen.parts.tls import ROLES, Role
from daskgen.spec.cluster import Cluster
from daskgen.yaml.write import dump_all

FILE = "secrets.yaml"

AUTHORITY_LASTS = timedelta(days=3650)


@click.command("certs", short_help="Make a development authority and the Secrets of a cluster's certificates.")
@click.argument("name", shell_complete=complete_cluster)
@output_option("Folder for the authority and the Secrets; by default one of the user's own.")
@days_option(365)
@click.pass_obj
def command(root: Path, name: str, output: Path | None, days: int) -> int:
    """Make an authority for a cluster with `tls: {issuer: secrets}`, and the Secrets of its certificates.

    For development, and for places without cert-manager. The authority is made once; every further run gives new
    certificates of it. Everything is written outside of Git, into a folder that only its owner can read: whoever has
    the authority's key has full access to the cluster.
    """
    certificates = load_certificates()
    [rendered] = choose_clusters(load(root), [name])
    cluster = rendered.valid
    site = _place(cluster)
    folder = output or find_authority(cluster)
    authority = read_authority(folder) or certificates.create_authority(
        f"{name}.{site.namespace} dask", AUTHORITY_LASTS
    )
    lasts = timedelta(days=days)
    issued = {
        role: certificates.issue(authority, role, lasts, site.list_hosts(role), SERVES[role]).files for role in ROLES
    }
    secrets = [_build_secret(site, secret, issued[role]) for secret, role in _name_secrets(cluster).items()]
    kept = dict(zip(AUTHORITY_FILES, authority, strict=True))
    disk.write_private(folder, {**kept, FILE: dump_all(secrets).encode()})
    say(show_paths(folder, [*kept, FILE]))
    say(f"next: kubectl apply --server-side -f {folder / FILE}", err=True)
    return 0


def _place(cluster: Cluster) -> Site:
    if not cluster.tls:
        raise click.UsageError(f"{cluster.name} has no tls; write tls: {{issuer: secrets}}")
    site = cluster.tls.place(cluster.name, cluster.namespace.name)
    if cluster.tls.issuer.resources(site):
        raise click.UsageError(
            f"{cluster.name} gets its certificates from {cluster.tls.issuer.kind}: nothing is to be made"
        )
    return site


def _name_secrets(cluster: Cluster) -> dict[str, Role]:
    """Return the role of each Secret; of one that several use, that of who serves, which may do all."""
    names = cluster.encryption.secrets if cluster.encryption else {}
    return {names[role]: role for role in reversed(ROLES)}


def _build_secret(site: Site, name: str, files: Mapping[str, bytes]) -> Object:
    data = {entry: b64encode(content).decode() for entry, content in files.items()}
    meta = {"name": name, "namespace": site.namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": "kubernetes.io/tls", "data": data}
