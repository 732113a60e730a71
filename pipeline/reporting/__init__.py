"""Reporting: from an evaluation to pages, tables and files a person or a program reads."""
