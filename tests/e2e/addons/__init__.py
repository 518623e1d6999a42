"""What rendered clusters do together with add-ons of Kubernetes, such as Prometheus."""
