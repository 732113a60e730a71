"""Annotation: topics and their definitions, hand labels, and the one place where labels meet text."""
