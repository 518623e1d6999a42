"""Dask clusters as typed YAML in Git, rendered to checked kustomize bases and overlays."""

__version__ = "0.1.0"
