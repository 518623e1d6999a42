"""What merging a change will do to clusters that run."""
