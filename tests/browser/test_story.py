"""From a new article to its new tag: labelled, learnt from and tagged again without a step outside the page, by the clock."""

import re
import time

from pipeline.annotation.annotations import label_file, read_annotations
from pipeline.learning.persist import load_folder
from tests.corpora import KEYS

TOPIC = KEYS[1]
ARTICLE = """Skimmers copied cards at cash machines all over town.

A skimmer was clipped over each cash machine before dawn.

Owners of copied cards lost four hundred dollars each.

Skimmers are printed from plastic, experts say.
"""


def tagged_topics(page):
    """Names of the topics the tag page says the article has."""
    verdict = page.locator("#verdict")
    verdict.wait_for()
    return verdict.text_content()


def test_a_new_article_is_labelled_learnt_from_and_tagged_anew_in_one_sitting(page, server, record_property):
    page.goto("/")
    page.get_by_role("textbox", name="Paste an article").fill(ARTICLE)
    page.get_by_role("button", name="Tag", exact=True).click()
    assert TOPIC.title() not in tagged_topics(page)
    before = load_folder(server.project.model).sha256

    page.goto("/label")
    page.get_by_label(re.compile("your name", re.IGNORECASE)).fill("carla")
    page.keyboard.press("Enter")
    started = time.perf_counter()
    page.locator("#new").click()
    page.get_by_label("Text").fill(ARTICLE)
    page.get_by_role("button", name="Add and label").click()
    page.locator("#pane").get_by_text("Skimmers copied cards").wait_for()
    for number in range(1, 5):
        page.locator("#desk[data-state='task']").wait_for()
        page.keyboard.press(TOPIC[0])
        page.keyboard.press("Enter")
        page.get_by_text(f"{number} saved today").and_(page.locator(":visible")).wait_for()
    saved = time.perf_counter()
    page.get_by_role("button", name="Retrain").click()
    page.get_by_role("link", name="See this article's new tags").click(timeout=120_000)
    found = tagged_topics(page)
    ended = time.perf_counter()

    assert TOPIC.title() in found
    assert load_folder(server.project.model).sha256 != before
    lines = [line for _, line in read_annotations(label_file(server.project, "carla"), KEYS)]
    assert [line.topics for line in lines] == [(TOPIC,)] * 4
    told = f"from the click on New article: four labels saved after {saved - started:.1f} s, its new tag after {ended - started:.1f} s"
    record_property("stopwatch", told)
    print(f"\n{told}")  # noqa: T201  the figure is wanted in the log
