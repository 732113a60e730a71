"""The workbench in the browser: tag, label, review. Needs the extra ``web``."""
