"""Renders clusters, the operator and entry points into one tree of files."""
