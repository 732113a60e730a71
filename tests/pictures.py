"""The README's pictures of the workbench: `python -m tests.pictures` drives the story it tells in Chromium, on a copy.

An article the present model says nothing of is labelled, learnt from and tagged again. Needs a trained model
(`make train`), a browser, and about a minute; the project itself is not touched.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from pipeline.project import Project
from pipeline.reporting.runs import find_run
from tests.readme import ROOT, copy_project
from tests.served import served

PICTURES = ROOT / "data" / "pictures"
WIDTH, HEIGHT = 1280, 800
COLOURS = 256  # of a picture; enough for letters, few enough for a small file
MOST_BYTES = 200_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARTICLE = """The voice on the line was the mayor's

An accountant of the Karakol water utility sent 2.1 million soms to a stranger on Thursday because the voice on the telephone was the mayor's.

It was made by a program from eleven minutes of council recordings, the prosecutor's office of Issyk-Kul region said.

The caller knew the name of the utility's bank and asked her to tell nobody until the tender was over.

The money left for four accounts in two countries within the hour.

The mayor said he would from now on speak of payments only in person.
"""
KEYS = "cccc00"  # what is pressed for each paragraph


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        project = Project(copy_project(Path(folder) / "newsroom"))
        shutil.copytree(ROOT / "experiments" / "current", project.model)
        trained = find_run(ROOT / "experiments" / "runs", None)
        shutil.copytree(trained, project.runs / trained.name)
        with served(project) as server, sync_playwright() as driver:
            found = next(filter(None, map(shutil.which, BROWSERS)))
            browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
            size = {"width": WIDTH, "height": HEIGHT}
            address = f"http://127.0.0.1:{server.port}"
            page = browser.new_page(base_url=address, viewport=size, reduced_motion="reduce")
            tell(page)
            browser.close()


def tell(page: Page) -> None:
    """The story, a picture at each of its turns."""
    page.goto("/")
    page.get_by_role("textbox", name="Paste an article").fill((ROOT / "data" / "example.txt").read_text("utf-8"))
    page.get_by_role("button", name="Tag", exact=True).click()
    page.locator("#verdict").wait_for()
    keep(page, "tag")

    page.goto("/label")
    page.get_by_label("Your name").fill("maria")
    page.keyboard.press("Enter")
    page.locator("#new").click()
    page.get_by_label("Text").fill(ARTICLE)
    page.get_by_role("button", name="Add and label").click()
    page.locator("#pane").get_by_text("The voice on the line").wait_for()
    for number, key in enumerate(KEYS):
        page.locator("#desk[data-state='task']").wait_for()
        page.keyboard.press(key)
        if number == 1:
            keep(page, "label")
        page.keyboard.press("Enter")
        page.get_by_text(f"{number + 1} saved today").and_(page.locator(":visible")).wait_for()
    page.get_by_role("button", name="Retrain").click()
    link = page.get_by_role("link", name="See this article's new tags")
    link.wait_for(timeout=600_000)
    keep(page, "retrained")
    link.click()
    page.locator("#verdict").wait_for()
    keep(page, "again")


def keep(page: Page, name: str) -> None:
    """What the window shows, as a small PNG.

    Raises:
        ValueError: it is not small.
    """
    shown: Any = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    stream = io.BytesIO()
    shown.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
    if len(stream.getvalue()) > MOST_BYTES:
        raise ValueError(f"{name}: has {len(stream.getvalue()):,} bytes, at most {MOST_BYTES:,} are wanted")
    path = PICTURES / f"{name}.png"
    path.write_bytes(stream.getvalue())
    sys.stderr.write(f"{path.relative_to(ROOT)}: {len(stream.getvalue()):,} bytes\n")


if __name__ == "__main__":
    main()
