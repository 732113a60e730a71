"""The tag page and what other programs ask for."""
