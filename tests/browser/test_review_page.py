"""The review page in a browser: figures, pictures, retraining with its progress, and what a reader needs of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from pipeline.annotation.annotations import append_annotations, label_file, read_annotations
from pipeline.annotation.journal import SAVED, Event, append_event
from pipeline.files import write_text
from pipeline.project import Project
from pipeline.reporting.experiment import run_experiment
from pipeline.reporting.history import history
from tests.axe import violations
from tests.browser.conftest import NARROW
from tests.corpora import KEYS, QUICK, quiet
from tests.workbench import DISPUTED, NOW

A_MINUTE = 60_000  # milliseconds that a retraining may take where others run beside it
# The page's pictures have been loaded and drawn.
PICTURES = "() => Promise.all([...document.images].map((image) => { image.loading = 'eager'; return image.decode(); }))"


@pytest.fixture
def filled(server: Any) -> Project:
    """The served project with a run, and a log of what was judged in six weeks."""
    project: Project = server.project
    run_experiment(project, QUICK, date="2026-01-03", version="1.2.3", progress=quiet, jobs=1, keep=True)
    for week in range(6):
        for number, (topics, tagged) in enumerate(((("drugs",), ("drugs",)), (("cyber",), ("drugs",)))):
            at = (NOW - timedelta(weeks=5 - week, minutes=-number)).isoformat()
            shown = "before" if week % 2 else "after"
            place = f"a{week + 1:02d}", 0, 10 + number, "ab"
            append_event(project, Event(SAVED, "anna", at, *place, topics, shown, dict.fromkeys(KEYS, 0.5), tagged))
    return project


def retrain(page: Any) -> Any:
    return page.locator('[data-job="retrain"]')


def test_the_page_shows_a_run_with_its_pictures_and_leads_to_its_report(page, filled):
    page.goto("/review")
    run = history(filled.runs)[0]
    expect(page.get_by_role("heading", level=2)).to_have_text(
        [
            "The last evaluation",
            "Runs",
            "What the newest labels changed",
            "Agreement of annotators",
            "Progress of labelling",
            "Tags accepted and rejected over time",
        ]
    )
    expect(page.locator("#summary dd").first).to_contain_text(f"{run.f1.value:.3f}")
    expect(page.locator(".plots img")).to_have_count(len(KEYS))
    page.evaluate(PICTURES)
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")
    page.get_by_role("link", name="Full report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cross-validation: quick")


def test_a_mistake_leads_to_its_place_on_the_label_page(page, filled):
    page.goto("/review")
    mistakes = page.locator(".mistakes").first
    mistakes.locator("summary").click()
    link = mistakes.get_by_role("link").first
    assert "/label?queue=article&article=" in link.get_attribute("href")
    assert f"article={DISPUTED}&" in page.locator(".settle a").first.get_attribute("href")


def test_retraining_from_the_page_tells_its_progress_and_changes_the_leaderboard(page, filled):
    gold = label_file(filled, "gold")
    lines = [line for _, line in read_annotations(gold)][:3]
    page.goto("/review")
    expect(page.locator("[data-run]")).to_have_count(1)
    append_annotations(gold, [replace(line, topics=("floods",)) for line in lines])
    job = retrain(page)
    job.get_by_role("button", name="Retrain").click()
    expect(job.locator(".said")).to_contain_text("The model learns anew")
    expect(job.get_by_role("button", name="Retrain")).to_be_disabled()
    expect(job.locator(".meter")).to_be_visible()
    expect(job.locator(".said")).to_have_text(
        "The model is trained anew; articles are tagged by it from now on.", timeout=A_MINUTE
    )
    expect(page.locator("[data-run]")).to_have_count(2)
    expect(page.locator("[data-run]").first).to_contain_text("new")
    expect(page.locator("tr.new")).to_have_count(1)
    newest = history(filled.runs)[0]
    expect(page.locator("#summary dd").first).to_contain_text(f"{newest.f1.value:.3f}")
    expect(job.get_by_role("button", name="Retrain")).to_be_enabled()
    expect(job.get_by_role("button", name="Cancel")).to_be_hidden()


def test_a_retraining_is_cancelled_and_is_still_watched_after_a_reload(page, filled):
    page.goto("/review")
    retrain(page).get_by_role("button", name="Retrain").click()
    expect(retrain(page).get_by_role("button", name="Cancel")).to_be_visible()
    page.reload()
    expect(retrain(page).locator(".said")).to_contain_text("The model learns anew")
    retrain(page).get_by_role("button", name="Cancel").click()
    expect(retrain(page).locator(".said")).to_have_text("Cancelled; nothing was changed.", timeout=A_MINUTE)
    expect(page.locator("[data-run]")).to_have_count(1)


def test_a_retraining_that_fails_says_why(page, filled):
    page.goto("/review")
    write_text(filled.lexicon, "[weather]\nterms = []\n")
    retrain(page).get_by_role("button", name="Retrain").click()
    expect(retrain(page).locator(".said")).to_contain_text("weather", timeout=A_MINUTE)
    expect(retrain(page)).to_have_attribute("data-state", "failed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(page, filled, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto("/review")
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []


def test_a_narrow_page_scrolls_its_tables_and_never_itself(page, filled):
    page.set_viewport_size(NARROW)
    page.goto("/review")
    for summary in page.locator("summary").all():
        summary.click()
    page.evaluate(PICTURES)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    box = page.get_by_role("region", name="Figures by topic")
    assert box.evaluate("each => each.scrollWidth > each.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    expect(box).to_be_focused()
    assert box.evaluate(
        "each => new Promise((seen) => { each.onscroll = () => seen(true); if (each.scrollLeft) seen(true); })"
    )


def test_the_keyboard_reaches_the_contents_and_every_job(page, filled):
    page.goto("/review")
    page.get_by_role("link", name="Agreement", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#agreement")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Agreement", exact=True)).to_have_attribute("aria-current", "true")
    retrain(page).get_by_role("button", name="Retrain").focus()
    expect(retrain(page).get_by_role("button", name="Retrain")).to_be_focused()


def test_an_empty_project_shows_what_to_do_and_no_fault(page, server):
    for path in (server.project.root / "labels").glob("*.jsonl"):
        path.unlink()
    page.goto("/review")
    expect(page.locator("#evaluation")).to_contain_text("There is no evaluation yet.")
    expect(page.locator("#progress")).to_contain_text("Nobody has judged anything yet")


def test_the_figures_at_the_top_lead_to_what_they_sum_up(page, filled):
    page.goto("/review")

    links = page.locator("#summary dt a")
    expect(links).to_have_text(
        [
            "F1 on unseen articles",
            "Change to the run before",
            "Sources getting worse",
            "Judged paragraphs",
            "Lowest agreement, alpha",
            "Paragraphs to settle",
        ]
    )
    for target in links.evaluate_all("all => all.map((each) => each.getAttribute('href'))")[:5]:
        expect(page.locator(target)).to_be_visible()
    expect(page.locator("#summary dd").nth(1)).to_have_text("\u2013")
    expect(page.locator("#summary dd").nth(2)).to_have_text("0")
    links.last.click()
    expect(page.locator("#desk[data-state='task'], #desk[data-state='name']")).to_be_visible()
