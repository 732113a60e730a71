"""Work that goes on behind the pages, each in a process of its own."""

from __future__ import annotations

from fastapi import APIRouter

from pipeline.web.state import Workbench


def routes(workbench: Workbench) -> APIRouter:
    """Its routes."""
    del workbench
    return APIRouter()
