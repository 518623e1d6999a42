"""Turn existing manifests and Helm values of Dask clusters into specs, and account for each of their values."""
