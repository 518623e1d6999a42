"""Write plans as text. This is the last step: nothing is decided on words."""
