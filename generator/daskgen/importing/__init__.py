"""Turns what others wrote for Dask on Kubernetes into specs, and accounts for each of its values."""
