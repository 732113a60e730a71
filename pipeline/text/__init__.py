"""Articles in: reading files, the one splitting rule, furniture, language."""
