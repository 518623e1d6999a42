"""A hub whose users create clusters."""

from __future__ import annotations

SPEC = """apiVersion: daskgen/v1
kind: JupyterHub
namespace: clusters
image: ghcr.io/dask/dask:2026.8.0-py3.12
engine: operator
workers:
- replicas: {min: 1, max: 4}
notebooks:
- kind: jupyterhub
  namespace: hub
  host: hub.example.com
  image: ghcr.io/dask/dask-notebook:2026.8.0-py3.12
  auth: {kind: native, admins: [alice]}
"""
