"""Explains a value of a spec: where it was written, and what in the rendered objects depends on it."""
