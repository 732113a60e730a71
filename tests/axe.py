"""What axe, the checker of accessibility, finds on a page in the browser. Not a test file."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

SEVERE = {"serious", "critical"}


def violations(page: Any) -> list[str]:
    """Serious and critical faults; the script is handed to the page by the debugger, which the page's policy allows."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found
        if fault["impact"] in SEVERE
        for node in fault["nodes"]
    ]
