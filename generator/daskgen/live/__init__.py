"""Read the state of running clusters from Kubernetes and Dask, and run work on them."""
