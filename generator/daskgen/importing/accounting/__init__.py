"""Account for every value: compare manifests with what is rendered, patch differences, list the outcomes."""
