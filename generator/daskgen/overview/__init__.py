"""Show a fleet as one page for people who would rather look: its values, and the page that draws them."""
