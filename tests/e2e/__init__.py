"""Rendered clusters on a real Kubernetes."""
