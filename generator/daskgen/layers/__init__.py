"""Write a cluster's objects as base and overlay, and compute what kustomize builds from them."""
