"""Read and write YAML."""
