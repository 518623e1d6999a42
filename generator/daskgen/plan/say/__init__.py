"""Words for plans: the last step, on which nothing is decided."""
