"""Tagging: from an article and a model to topics, with the words that earned them."""
