"""Ways to get the fleet from Git to Kubernetes: one module an engine, with its options and what it is told."""
