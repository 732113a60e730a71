"""What the label page asks for and says: queues, judgements, undo."""

from __future__ import annotations

from fastapi import APIRouter

from pipeline.web.state import Workbench


def routes(workbench: Workbench) -> APIRouter:
    """Its routes."""
    del workbench
    return APIRouter()
