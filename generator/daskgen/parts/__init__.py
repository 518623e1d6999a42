"""Define the parts of a Dask cluster: the fields of each in the spec, and the objects that are built from it."""
