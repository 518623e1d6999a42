"""What the commands do: call the stages, print what they say, and give the exit code."""
