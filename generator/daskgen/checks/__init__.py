"""Proofs about what was rendered: that kustomize builds the truth, and that it is valid for Kubernetes."""
