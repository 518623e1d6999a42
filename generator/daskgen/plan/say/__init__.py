"""Write plans as text. This is the last step: no decision depends on the wording."""
