"""Check what was rendered: kustomize builds the expected objects, and these are valid for Kubernetes."""
