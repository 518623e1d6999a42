"""Render clusters, the operator and entry points to one tree of files."""
