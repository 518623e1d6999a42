"""What is known of clusters that run, from Kubernetes and from Dask itself."""
