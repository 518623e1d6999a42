"""The dask-kubernetes operator: what installs it."""
