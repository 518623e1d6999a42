"""Start fleets and clusters: the first files of a repository, their later versions, and the file of a new cluster."""
