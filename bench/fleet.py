"""Makes fleets of any size to measure with: `python bench/fleet.py 1000 FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

SETTINGS = """\
apiVersion: daskgen/v1
kubernetes: "1.34"
profiles:
  openshift:
    platform: openshift
    image: ghcr.io/dask/dask:2026.8.0-py3.12
"""

CLUSTER = """\
# yaml-language-server: $schema=../schema/cluster.json
apiVersion: daskgen/v1
profile: openshift
namespace:
  name: team-{index}
  create: true
scheduler:
  cpu: 1
  memory: 4Gi
workers:
- replicas: {replicas}
  cpu: 4
  memory: 16Gi
  scratch: 50Gi
expose:
  dashboard:
    kind: route
    host: dask-{index}.apps.example.com
    auth: {{kind: openshift, cookieSecret: dask-login}}
config:
  distributed:
    scheduler:
      worker-ttl: 10 minutes
"""


def make_fleet(size: int, root: Path) -> None:
    """Write a fleet of `size` clusters, each with a namespace, a Route, own resources and configuration."""
    (root / "clusters").mkdir(parents=True, exist_ok=True)
    (root / "daskgen.yaml").write_text(SETTINGS, encoding="utf-8")
    for index in range(size):
        text = CLUSTER.format(index=index, replicas=index % 7 + 1)
        (root / "clusters" / f"c{index:05}.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make_fleet(int(sys.argv[1]), Path(sys.argv[2]))
