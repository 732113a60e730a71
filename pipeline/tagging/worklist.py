"""Queues of paragraphs to label, as sheets for people without a browser.

A row leaves every cell blank, so that what is imported is what the annotator judged; ``why`` says what the row is for.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.annotation.codebook import Codebook
from pipeline.annotation.sheets import worksheet
from pipeline.tagging.queues import Task


def tasks_sheet(tasks: Iterable[Task], codebook: Codebook) -> str:
    """A sheet of tasks as CSV text, one row a paragraph in the order they come in."""
    return worksheet(((task.paragraph, task.why) for task in tasks), codebook)
