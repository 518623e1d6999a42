"""Ways to run a cluster's pods: one module an engine, with its options and the objects it makes."""
