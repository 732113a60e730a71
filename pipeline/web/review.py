"""What the review page shows."""

from __future__ import annotations

from fastapi import APIRouter

from pipeline.web.state import Workbench


def routes(workbench: Workbench) -> APIRouter:
    """Its routes."""
    del workbench
    return APIRouter()
