"""Explain a value of a spec: find where it was written, and what in the rendered objects depends on it."""
