"""Access files, programs, Git and the Kubernetes API."""
