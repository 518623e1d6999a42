"""Define objects of Kubernetes, and the facts about them that more than one part needs."""
