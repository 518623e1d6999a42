"""Clusters on a Kubernetes of another IP family."""
