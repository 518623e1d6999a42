"""Plan what merging a change does to running clusters."""
