"""Account for every value: compare what was asked for with what is rendered, patch the rest, list what became of it."""
