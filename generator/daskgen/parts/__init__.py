"""The parts every Dask cluster has: what can be said of each in the spec, and what it becomes."""
