"""`daskgen connect`: show how a cluster is reached, and issue certificates to people."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from daskgen.cli._fleet import choose_clusters, load
from daskgen.cli._options import complete_cluster, context_option
from daskgen.cli._private import days_option, find_authority, load_certificates, output_option, read_authority
from daskgen.cli._say import say
from daskgen.connect import FORMATS, Connection, find_connection
from daskgen.findings.problem import DaskgenError
from daskgen.kubernetes.objects import Object
from daskgen.outside import disk
from daskgen.spec.cluster import Cluster

if TYPE_CHECKING:
    from daskgen.certificates import Credentials

PATIENCE = 60
"""Seconds that cert-manager may take to sign."""


def _check_person(_context: click.Context, _option: click.Parameter, person: str | None) -> str | None:
    if person is None or (person.replace("-", "").isalnum() and person.isascii() and person[0] + person[-1] != "--"):
        return person.lower() if person else person
    raise click.BadParameter("write letters, digits and -, such as alice")


@click.command("connect")
@click.argument("name", shell_complete=complete_cluster)
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), default="text", help="Format of the output.")
@click.option(
    "--certificate",
    "person",
    metavar="PERSON",
    callback=_check_person,
    help="Issue a client's certificate to a person: by cert-manager, or from the authority of `daskgen certs`.",
)
@days_option(30)
@output_option("Folder for the certificate; by default one of the user's own.")
@context_option
@click.pass_obj
def command(
    root: Path, name: str, form: str, person: str | None, days: int, output: Path | None, context: str | None
) -> int:
    """Show how to connect to a cluster: addresses, admitted clients, lines for a notebook.

    With --certificate, a client's certificate is issued and kept in a folder that only its owner can read, and the
    lines use it. Whoever has it has full access to the cluster until it ends.
    """
    [rendered] = choose_clusters(load(root), [name])
    connection = find_connection(rendered.valid)
    if person:
        connection = _equip(rendered.valid, connection, person, timedelta(days=days), output, context)
    say(FORMATS[form](connection))
    return 0


def _equip(
    cluster: Cluster, connection: Connection, person: str, lasts: timedelta, output: Path | None, context: str | None
) -> Connection:
    """Issue a certificate, and return the connection of a client that has it."""
    if not cluster.tls:
        raise click.UsageError(f"{cluster.name} has no tls, and asks for no certificate")
    credentials = _sign_here(cluster, person, lasts) or asyncio.run(_have_signed(cluster, person, lasts, context))
    folder = output or disk.find_private("certificates", f"{cluster.namespace.name}.{cluster.name}", person)
    disk.write_private(folder, credentials.files)
    say(f"the certificate of {person} is in {folder}, and lasts {lasts.days} days", err=True)
    return connection._replace(folder=str(folder), scheduler=connection.scheduler_outside or connection.scheduler)


def _sign_here(cluster: Cluster, person: str, lasts: timedelta) -> Credentials | None:
    """Issue a certificate of the development authority, where others make the Secrets."""
    certificates = load_certificates()
    if _request(cluster, person, b"", lasts):
        return None
    folder = find_authority(cluster)
    authority = read_authority(folder)
    if not authority:
        raise DaskgenError(f"there is no authority in {folder}: ask who made the Secrets, or run daskgen certs")
    issued: Credentials = certificates.issue(authority, person, lasts)
    return issued


def _request(cluster: Cluster, person: str, text: bytes, lasts: timedelta) -> Object | None:
    if not cluster.tls:
        return None
    name = f"{cluster.name}-{person}-{uuid4().hex[:5]}"
    return cluster.tls.issuer.request(cluster.tls.place(cluster.name, cluster.namespace.name), name, text, lasts.days)


async def _have_signed(cluster: Cluster, person: str, lasts: timedelta, context: str | None) -> Credentials:
    """Have cert-manager sign; the key stays here."""
    from daskgen.live.certificate import sign  # noqa: PLC0415 - see `connect`
    from daskgen.outside.kubernetes import connect  # noqa: PLC0415 - of an extra

    certificates = load_certificates()
    made = certificates.request(person)
    request = _request(cluster, person, made.text, lasts)
    assert request, "the issuer signs requests"  # noqa: S101
    signed = await sign(await connect(context), request, PATIENCE)
    credentials: Credentials = certificates.Credentials(signed.authority, signed.certificate, made.key)
    return credentials
