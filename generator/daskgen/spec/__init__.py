"""Read, merge and validate the spec: what people write in `daskgen.yaml` and `clusters/`."""
