"""Read manifests that were not made by daskgen: documents, their shape, and the commands in them."""
