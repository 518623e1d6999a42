"""A fleet that has something of everything that the page shows, for tests and for the picture in docs/report.md."""

from __future__ import annotations

from pathlib import Path

from dulwich import porcelain

SETTINGS = """\
apiVersion: daskgen/v1
kubernetes: "1.34"
defaults:
  image: ghcr.io/dask/dask:2026.8.0-py3.12
profiles:
  openshift: {platform: openshift}
policy:
  maxPerTeam: {label: team}
prices:
  currency: EUR
  cpu: 0.031
  memory: 0.0042
  resources: {nvidia.com/gpu: 2.4}
  storage: 0.08
delivery:
  kind: argocd
  repository: https://git.example.com/data/dask-fleet.git
  groups:
    genomics: {destination: frankfurt}
    risk: {destination: dublin}
    forecasting: {destination: dublin}
"""

TEAMS = {
    "analytics": ("prod", "staging", "dev", "reports", "backfill"),
    "forecasting": ("demand", "weather", "energy", "nightly"),
    "genomics": ("align", "variants", "cohort", "archive", "gpu-fold", "teaching"),
    "risk": ("intraday", "overnight", "stress", "limits", "audit"),
    "research": ("sandbox", "vision", "climate"),
}
"""The clusters of each team."""

CLUSTER = """\
apiVersion: daskgen/v1
namespace: {{name: {namespace}, create: {create}}}
labels: {{team: {team}}}
scheduler: {{cpu: 1, memory: 4Gi}}
workers:
- {{replicas: {replicas}, cpu: {cpu}, memory: {memory}Gi, scratch: 50Gi}}
"""

GPU = "- {name: gpu, replicas: 2, cpu: 8, memory: 64Gi, gpu: 1}\n"

INGRESS = """\
expose:
  dashboard:
    kind: ingress
    class: traefik
    host: dask.example.com
    path: /{name}
    tls: {{secret: dask-tls}}
    auth:
      kind: oidc
      issuer: https://login.example.com/realms/data
      clientID: dask
      clientSecret: dask-client
      cookieSecret: dask-cookie
      groups: [{team}]
network:
  egress:
  - {{namespace: minio, podLabels: {{app: minio}}, ports: [9000]}}
"""

OPEN = """\
expose:
  scheduler: {{kind: nodeport, port: {port}, sources: [192.168.0.0/16]}}
waive:
- {{rule: DG301, reason: a laboratory network without other users}}
"""

OLD = "image: ghcr.io/dask/dask:2026.3.0-py3.11\n"


def write_fleet(root: Path) -> None:
    """Write the fleet."""
    (root / "daskgen.yaml").write_text(SETTINGS, "utf-8")
    number = 0
    for team, names in TEAMS.items():
        for place, name in enumerate(names):
            path = root / "clusters" / team / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(describe(team, name, place, number), "utf-8")
            number += 1


def describe(team: str, name: str, place: int, number: int) -> str:
    """Write the spec of one cluster; `place` is that in its team."""
    sizes = {"replicas": 2 + (number * 5) % 11, "cpu": 2 + 2 * (number % 3), "memory": 8 << (number % 4)}
    text = CLUSTER.format(namespace=team, create=str(place == 0).lower(), team=team, **sizes)
    text += GPU if name in {"gpu-fold", "vision"} else ""
    text += OLD if name in {"archive", "audit"} else ""
    if name == "sandbox":
        return text + OPEN.format(port=30786)
    return text + (INGRESS.format(name=name, team=team) if number % 3 != 1 else "")


def commit(root: Path) -> None:
    """Commit the fleet, as what an edit is compared with."""
    porcelain.init(str(root)).close()
    porcelain.add(str(root), [str(path) for path in root.rglob("*.yaml")])
    porcelain.commit(str(root), message=b"all", author=b"A <a@example.com>", committer=b"A <a@example.com>")


def edit(root: Path) -> None:
    """Edit three clusters: larger workers, another exposure, and one that is gone."""
    spec = root / "clusters/analytics/prod.yaml"
    spec.write_text(spec.read_text("utf-8").replace("memory: 8Gi", "memory: 24Gi"), "utf-8")
    spec = root / "clusters/risk/stress.yaml"
    more = "network: {clients: [{namespace: reporting}]}\n"
    spec.write_text(spec.read_text("utf-8").partition("expose:")[0] + more, "utf-8")
    (root / "clusters/genomics/teaching.yaml").unlink()
