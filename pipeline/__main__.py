"""``python -m pipeline`` is ``threat-topics``."""

from pipeline.cli import main

main()
