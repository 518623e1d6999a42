"""The spec: what people write in `daskgen.yaml` and `clusters/`, read, merged and validated."""
