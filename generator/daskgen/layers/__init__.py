"""A cluster's objects as people review them, base and overlay, and as Kubernetes gets them, the truth."""
