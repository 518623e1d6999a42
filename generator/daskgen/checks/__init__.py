"""Prove what was rendered: kustomize builds the truth, and the truth is valid for Kubernetes."""
