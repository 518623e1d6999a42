"""Show how to connect to a cluster: its addresses, the admitted clients, and lines to paste into a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from daskgen.expose import UNKNOWN
from daskgen.kubernetes import ports
from daskgen.notebook import Address
from daskgen.parts.policies import Peer
from daskgen.parts.tls import CA_FILE, CERTIFICATE_FILE, KEY_FILE, MOUNT
from daskgen.render.resources import describe_neighbour
from daskgen.spec.cluster import Cluster
from daskgen.words import dump_json, lay_lines

CLIENT_FILES = {"ca_file": CA_FILE, "client_cert": CERTIFICATE_FILE, "client_key": KEY_FILE}
"""Dask's names of a client's files, and the entries of the Secret that hold them."""


class Connection(NamedTuple):
    """The addresses of a cluster, and the clients that it admits."""

    name: str
    namespace: str
    image: str
    scheduler: str
    """Address for clients inside Kubernetes; it works with any cluster domain."""
    dashboard: str
    """URL inside Kubernetes."""
    scheduler_outside: str
    dashboard_outside: str
    """Addresses outside of Kubernetes; hosts that no spec contains are `UNKNOWN`, "" means not exposed."""
    clients: tuple[Peer, ...] | None
    """The clients that are admitted; None means everyone."""
    certificate: str = ""
    """Name of the Secret with a client's certificate; "" if the scheduler speaks no TLS."""
    folder: str = MOUNT
    """Folder with that certificate, where the client runs."""
    ends_with_job: bool = False
    """True if the cluster ends with its job."""
    is_template: bool = False
    """True if each user of a hub creates such a cluster."""
    is_joined: bool = False
    """True if the scheduler is none of the cluster's: who it admits, and its dashboard, are not known."""
    notebooks: tuple[Address, ...] = ()
    """The notebooks beside it."""


OWN_CLUSTER = """\
from dask.distributed import Client
from dask_kubernetes.operator import KubeCluster

cluster = KubeCluster()
client = Client(cluster)
client"""
"""Lines for a notebook of a hub's user, who creates a cluster."""


def find_connection(cluster: Cluster) -> Connection:
    """Find the addresses and the admitted clients of a cluster, from its spec."""
    site = cluster.site
    dashboard, scheduler = cluster.expose.dashboard.endpoint(site), cluster.expose.scheduler.endpoint(site)
    namespace = cluster.namespace.name
    host = f"{site.full_name('scheduler')}.{namespace}.svc"
    scheme = "https" if dashboard.certificate else "http"
    admitted = cluster.network.admitted(cluster.workbenches)
    joined = cluster.scheduler.address
    inside = f"{scheme}://{host}:{ports.DASHBOARD.number}{dashboard.prefix}/status"
    return Connection(
        name=cluster.name,
        namespace=namespace,
        image=(cluster.scheduler.image or cluster.image).reference,
        scheduler="" if cluster.is_template else joined or f"{site.protocol}://{host}:{ports.COMM.number}",
        dashboard="" if joined or cluster.is_template else inside,
        scheduler_outside=scheduler.url,
        dashboard_outside=f"{dashboard.url}/status" if dashboard.url else "",
        clients=admitted if site.isolated and not joined else None,
        is_joined=bool(joined),
        is_template=cluster.is_template,
        certificate=cluster.encryption.secrets["client"] if cluster.encryption else "",
        ends_with_job=cluster.job is not None,
        notebooks=tuple(
            notebook.find_address(describe_neighbour(cluster, dashboard), ("notebooks", index))
            for index, notebook in enumerate(cluster.notebooks)
        ),
    )


def describe_peer(peer: Peer, namespace: str) -> str:
    """Name the pods or the addresses that a policy of a cluster in `namespace` admits."""
    if peer.cidr:
        return f"addresses {peer.cidr}" + (f" without {', '.join(peer.besides)}" if peer.besides else "")
    place = f"namespace {peer.namespace or namespace}"
    if peer.namespace_labels:
        place = f"namespaces labelled {_join(peer.namespace_labels)}"
    return f"pods of {place}" + (f" labelled {_join(peer.pod_labels)}" if peer.pod_labels else "")


def _describe_own(connection: Connection, admitted: Sequence[str]) -> list[tuple[str, str]]:
    return [
        ("scheduler", connection.scheduler),
        ("  outside", connection.scheduler_outside or "not exposed"),
        ("dashboard", connection.dashboard),
        ("  outside", connection.dashboard_outside or "not exposed"),
        ("admits", admitted[0]),
        *(("", other) for other in admitted[1:]),
    ]


def _describe_own_clusters(connection: Connection) -> list[tuple[str, str]]:
    """Describe the clusters that users of a hub create."""
    return [("clusters", f"each user of the hub creates one by KubeCluster(), in namespace {connection.namespace}")]


def _describe_joined(connection: Connection) -> list[tuple[str, str]]:
    """Describe a scheduler that exists without the cluster."""
    return [
        ("scheduler", connection.scheduler),
        ("", "it is not part of the cluster, which does not know its dashboard, nor whom it admits"),
    ]


def _join(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in labels.items())


def _describe_clusters(connection: Connection, admitted: Sequence[str]) -> list[tuple[str, str]]:
    if connection.is_template:
        return _describe_own_clusters(connection)
    return _describe_joined(connection) if connection.is_joined else _describe_own(connection, admitted)


def format_text(connection: Connection) -> str:
    """Write addresses, admitted clients and the lines for a notebook as text."""
    admitted = ["everyone, as there are no network policies"]
    if connection.clients is not None:
        admitted = [describe_peer(peer, connection.namespace) for peer in connection.clients] or ["nobody"]
    rows = [
        *_describe_clusters(connection, admitted),
        ("client", f"needs the versions of Python, dask and distributed in {connection.image}"),
    ]
    for notebook in connection.notebooks:
        lines = [*([notebook.url] if notebook.url else []), *notebook.commands]
        rows += [("notebook" if index == 0 else "", line) for index, line in enumerate(lines)]
    if connection.certificate:
        rows.append(
            ("TLS", f"needs a certificate: Secret {connection.certificate}, mounted at {MOUNT}; or for a person,")
        )
        rows.append(("", f"`daskgen connect {connection.name} --certificate PERSON`"))
    if connection.ends_with_job:
        rows.append(("lasts", f"until its job ends; `daskgen status {connection.name}` shows whether it has"))
    table = lay_lines(f"{name:<11}{value}" for name, value in rows)
    return f"{table}\n\n{format_python(connection)}"


def format_python(connection: Connection) -> str:
    """Write the lines to paste into a notebook whose pod is admitted."""
    if connection.is_template:
        return OWN_CLUSTER
    link = _find_link(connection)
    lines = [
        *(["import dask"] if link else []),
        "from dask.distributed import Client",
        *(["from distributed.security import Security"] if connection.certificate else []),
        "",
        *(_secure(connection.folder) if connection.certificate else []),
        *([f'dask.config.set({{"distributed.dashboard.link": "{link}"}})'] if link else []),
        f'client = Client("{connection.scheduler}"{", security=security" if connection.certificate else ""})',
        "client",
    ]
    return "\n".join(lines)


def _secure(folder: str) -> list[str]:
    files = {option: f"{folder}/{file}" for option, file in CLIENT_FILES.items()}
    return [
        "security = Security(",
        *(f'    tls_{option}="{path}",' for option, path in files.items()),
        "    require_encryption=True,",
        ")",
    ]


def format_env(connection: Connection) -> str:
    """Write environment variables for a client's container, from which Dask takes the address."""
    link = _find_link(connection)
    shown = [f"DASK_DISTRIBUTED__DASHBOARD__LINK={link}"] if link else []
    options = {option.upper().replace("CLIENT_", "CLIENT__"): file for option, file in CLIENT_FILES.items()}
    files = [f"DASK_DISTRIBUTED__COMM__TLS__{option}={connection.folder}/{file}" for option, file in options.items()]
    secure = [*files, "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION=true"] if connection.certificate else []
    address = [f"DASK_SCHEDULER_ADDRESS={connection.scheduler}"] if connection.scheduler else []
    return "\n".join([*address, *shown, *secure])


def _find_link(connection: Connection) -> str:
    """Return the dashboard address that clients display; "" if its host is not known."""
    shown = connection.dashboard_outside
    return "" if any(host in shown for host in UNKNOWN) else shown


def format_json(connection: Connection) -> str:
    """Write one document: {apiVersion, kind, name, namespace, image, scheduler, dashboard, clients, …, notebooks}."""
    clients = None
    if connection.clients is not None:
        clients = [peer.model_dump(by_alias=True, exclude_defaults=True) for peer in connection.clients]
    document: dict[str, Any] = {
        "apiVersion": "daskgen/v1",
        "kind": "Connection",
        "name": connection.name,
        "namespace": connection.namespace,
        "image": connection.image,
        "scheduler": {"inside": connection.scheduler or None, "outside": connection.scheduler_outside or None},
        "dashboard": {"inside": connection.dashboard or None, "outside": connection.dashboard_outside or None},
        "clients": clients,
        "certificate": {"secret": connection.certificate} if connection.certificate else None,
        "endsWithJob": connection.ends_with_job,
        "notebooks": [{"name": notebook.name, "url": notebook.url or None} for notebook in connection.notebooks],
    }
    return dump_json(document)


FORMATS: Mapping[str, Callable[[Connection], str]] = {
    "text": format_text,
    "env": format_env,
    "python": format_python,
    "json": format_json,
}
