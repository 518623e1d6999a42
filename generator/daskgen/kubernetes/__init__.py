"""What Kubernetes is given: objects, and the facts about them that more than one part needs."""
