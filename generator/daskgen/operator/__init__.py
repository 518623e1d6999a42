"""Install the dask-kubernetes operator."""
