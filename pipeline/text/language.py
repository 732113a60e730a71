"""Whether a text is English and long enough to judge."""

from __future__ import annotations


def unsupported_reason(text: str) -> str | None:
    """Why a text cannot be judged, or None."""
    return "fewer than three words" if len(text.split()) < 3 else None
