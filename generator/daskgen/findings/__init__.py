"""Define what daskgen reports: problems, findings, and the table of their codes."""
