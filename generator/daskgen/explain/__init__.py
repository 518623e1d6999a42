"""Explain a value of a spec: where it is written, and what in the rendered objects depends on it."""
