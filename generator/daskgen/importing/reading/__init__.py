"""Read files that others wrote: documents, their shape, and the commands in them."""
