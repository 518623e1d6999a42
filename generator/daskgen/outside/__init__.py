"""What touches the world outside: files, programs, Git, the Kubernetes API."""
