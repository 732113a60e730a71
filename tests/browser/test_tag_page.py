"""The tag page in a browser: an article read with its evidence, thresholds moved, files, downloads, hostile text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from pipeline.annotation.journal import read_events
from pipeline.learning.persist import save_model
from pipeline.learning.training import evidence_of
from tests.axe import violations
from tests.browser.conftest import NARROW, Served
from tests.corpora import evaluated, trained

HEADLINE = "Heroin found on flooded road"
SEIZURE = "Customs officers found heroin and opium in a truck at the crossing near the river."
MARKET = "The hackers also sold cocaine on a market of the dark web, police said."
THEATRE = "The theatre opens its new season on Friday, and the minister gave no comment."
DATELINE = "BISHKEK (24.kg) - "
ARTICLE = f"{HEADLINE}\n\n{DATELINE}{SEIZURE}\n\n{MARKET}\n\n{THEATRE}\n\nTwo words\n\nFollow us on social networks\n"
RUSSIAN = "Таможенники нашли героин в грузовике на границе.\n\nВодитель был задержан на два месяца."
SAID = """said = []; new MutationObserver(() => said.push(document.getElementById("progress-words").textContent))
    .observe(document.getElementById("progress-words"), {childList: true})"""


def tag(page: Any, text: str = ARTICLE) -> None:
    page.goto("/")
    page.get_by_label("Paste an article").fill(text)
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.locator("#tagged")).to_be_visible()


def paragraph(page: Any, text: str) -> Any:
    return page.locator(".para").filter(has_text=text)


def row(page: Any, name: str) -> Any:
    return page.locator(".topic").filter(has=page.locator(".name", has_text=name))


def move(page: Any, name: str, value: float) -> None:
    page.get_by_label(f"{name}, threshold").fill(str(value))


def api(page: Any, address: str, **body: Any) -> Any:
    answer = page.request.post(address, data=body)
    assert answer.ok, answer.text()
    return answer


def test_an_article_is_tagged_and_its_verdict_is_the_heading_that_has_the_focus(page):
    tag(page)

    verdict = page.get_by_role("heading", level=1)
    expect(verdict).to_have_text("Drugs and cyber")
    expect(verdict).to_be_focused()
    expect(page.locator("#announce")).to_have_text("Drugs and cyber")
    expect(page.locator("#facts")).to_have_text("3 of 4 paragraphs with a topic, 1 not judged")
    expect(paragraph(page, MARKET).locator(".has")).to_contain_text(["Drugs", "Cyber"])
    expect(paragraph(page, THEATRE).locator(".has")).to_have_count(0)


def test_the_page_shows_furniture_and_what_was_not_judged_muted_and_says_why(page):
    tag(page)

    expect(paragraph(page, "Follow us")).to_contain_text("Not article text")
    expect(paragraph(page, "Two words")).to_contain_text("Not judged: fewer than three words")
    expect(paragraph(page, SEIZURE).locator(".lead")).to_have_text(DATELINE.strip())


def test_control_and_enter_tag_and_new_article_clears_and_focuses(page):
    page.goto("/")
    box = page.get_by_label("Paste an article")
    box.fill(ARTICLE)
    box.press("Control+Enter")
    page.get_by_role("button", name="New article").click()

    expect(box).to_be_focused()
    expect(box).to_have_value("")
    expect(page.locator("#tagged")).to_be_hidden()


def test_pointing_at_a_mark_tells_the_words_the_topic_and_the_weight(page):
    tag(page)
    record = api(page, "/api/tag", text=ARTICLE, why=True).json()["articles"][0]
    verdict = next(v for v in record["paragraphs"][1]["topics"] if v["topic"] == "drugs")
    heroin = sum(e["weight"] for e in verdict["evidence"] if e["text"] == "heroin")

    paragraph(page, SEIZURE).locator("mark", has_text="heroin").hover()

    card = page.get_by_role("tooltip")
    expect(card).to_be_visible()
    expect(card).to_contain_text("Drugs")
    expect(card).to_contain_text(f"of +{verdict['score']:.1f}")
    expect(card.locator("li, .card-topic").filter(has_text=f"+{heroin:.2f}").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_marks_are_read_with_the_keyboard_alone_one_stop_a_paragraph(page):
    page.goto("/")
    page.get_by_label("Paste an article").focus()
    page.keyboard.insert_text(ARTICLE)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    marks = paragraph(page, SEIZURE).locator("mark")
    expect(marks.nth(1)).to_be_attached()

    stops = []
    while len(stops) < 60 and not paragraph(page, SEIZURE).locator("mark:focus").count():
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.tagName"))
    card = page.get_by_role("tooltip")
    expect(card).to_contain_text(marks.first.text_content())
    page.keyboard.press("ArrowRight")
    expect(marks.nth(1)).to_be_focused()
    expect(card).to_contain_text(marks.nth(1).text_content())
    expect(marks.nth(1)).to_have_attribute("aria-describedby", "card")
    page.keyboard.press("End")
    expect(marks.last).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    expect(marks.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    assert stops.count("MARK") == 2, "the headline has the one stop before it"
    assert paragraph(page, SEIZURE).locator("mark[tabindex='0']").count() == 1


def test_evidence_counts_in_letters_even_after_signs_outside_the_basic_plane(page):
    tag(page, f"\U0001f4e6 \U0001d4d0 parcels: {SEIZURE}\n\n{THEATRE}\n")

    marked = paragraph(page, "parcels").locator("mark").all_text_contents()

    assert any("heroin" in words for words in marked), marked
    assert all(words == words.strip() for words in marked), marked


def test_selecting_a_topic_shows_its_evidence_and_selecting_it_again_the_strongest(page):
    tag(page)
    cyber = row(page, "Cyber").locator(".pick")

    cyber.click()
    expect(cyber).to_have_attribute("aria-pressed", "true")
    assert "hackers" in " ".join(paragraph(page, MARKET).locator("mark").all_text_contents())
    expect(paragraph(page, SEIZURE).locator("mark")).to_have_count(0)
    cyber.click()
    assert "heroin" in " ".join(paragraph(page, SEIZURE).locator("mark").all_text_contents())


def test_a_threshold_shows_at_once_what_it_would_change(page):
    tag(page)

    move(page, "Drugs", 1)
    expect(row(page, "Drugs")).to_contain_text("3 paragraphs less")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cyber")
    expect(page.locator(".changed")).to_have_count(3)
    expect(paragraph(page, SEIZURE)).to_contain_text("not by your threshold")
    move(page, "Drugs", 0)
    expect(row(page, "Drugs")).to_contain_text("1 paragraph more")
    expect(paragraph(page, THEATRE).locator(".has.more")).to_contain_text("Drugs")
    expect(page.get_by_label("Drugs, threshold")).to_have_attribute("aria-valuetext", "0.00: 1 paragraph more")
    page.get_by_role("button", name="Reset Drugs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Drugs and cyber")
    expect(page.locator(".changed")).to_have_count(0)


def test_a_threshold_says_what_it_costs_on_labelled_text(page, server: Served):
    save_model(trained(), server.project.model, "card\n", evidence_of(evaluated()))
    tag(page)
    points = page.request.get("/api/curves").json()["drugs"]
    point = next(p for p in points if p["threshold"] >= 0.6 - 1e-9)

    move(page, "Drugs", 0.6)

    finds, right = (round(point[key] * 100) for key in ("recall", "precision"))
    expect(row(page, "Drugs")).to_contain_text(f"finds {finds} of 100, right {right} times of 100")


def test_a_topic_left_for_review_is_said_in_words_and_with_a_question_mark(page, server: Served):
    cautious = replace(trained(), review=trained().thresholds * 0, thresholds=trained().thresholds * 0 + 0.995)
    save_model(cautious, server.project.model, "card\n")
    tag(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Drugs; cyber and floods are left for review")
    expect(paragraph(page, MARKET).locator(".has.review .badge").first).to_have_text("C?")


def test_why_not_tells_the_nearest_paragraph_and_what_spoke_for_and_against(page):
    tag(page)
    floods = row(page, "Floods")
    record = api(page, "/api/tag", text=ARTICLE, why=True).json()["articles"][0]
    verdicts = [v for p in record["paragraphs"] for v in p["topics"] if v["topic"] == "floods"]
    best = max(verdicts, key=lambda v: v["probability"])

    floods.get_by_role("button", name="Why not?").click()

    expect(floods).to_contain_text(f"{best['probability']:.2f} of the {best['threshold']:.2f} needed")
    expect(floods.locator(".pro", has_text="flooded")).to_contain_text("+")
    expect(floods.locator(".contra", has_text="before any word")).to_contain_text("\u2212")
    shown = f"{best['score']:+.2f}".replace("-", "\u2212")
    expect(floods.locator(".sum")).to_have_text(f"comes to {shown}")
    expect(page.locator(".missed")).to_contain_text(HEADLINE)
    floods.locator(".quote").click()
    expect(page.locator(".missed mark").first).to_be_focused()
    floods.get_by_role("button", name="Why not?").click()
    expect(floods.locator(".whynot")).to_be_hidden()
    expect(page.locator(".missed")).to_have_count(0)


@pytest.mark.parametrize(("name", "form"), [("JSON", "jsonl"), ("CSV", "csv"), ("HTML", "html")])
def test_downloads_hold_what_the_interface_writes_at_the_present_thresholds(page, name, form):
    tag(page)
    move(page, "Cyber", 1)

    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Download {name}").click()

    body = {"articles": [{"text": ARTICLE, "id": "text"}], "thresholds": {"cyber": 1}, "format": form}
    assert Path(waiting.value.path()).read_bytes() == api(page, "/api/export", **body).body()
    assert waiting.value.suggested_filename == f"text.{form}"


def test_a_hostile_article_shows_as_text(page):
    nasty = (
        '<img src=x onerror=alert(1)> heroin </mark><script>alert(2)</script> <a href="javascript:alert(3)">cocaine</a>'
    )
    tag(page, f"<b onclick=alert(4)>Heroin & opium</b>\n\n{nasty} was found by officers of the town.\n\n{THEATRE}\n")

    expect(page.get_by_role("heading", level=2, name="<b onclick=alert(4)>Heroin & opium</b>")).to_be_visible()
    expect(paragraph(page, nasty)).to_be_visible()
    paragraph(page, nasty).locator("mark").first.hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    paragraph(page, nasty).get_by_role("button", name="This is wrong").click()
    expect(page.locator("#wrong-quote")).to_contain_text(nasty)
    assert page.locator("main :is(script, img, a, b)").count() == 0


def test_files_are_chosen_and_one_moves_between_their_articles(page):
    lines = "".join(json.dumps({"id": f"l-{n}", "text": f"{SEIZURE} {n}\n\n{MARKET}"}) + "\n" for n in range(40))
    page.goto("/")
    page.evaluate(SAID)
    page.get_by_label("Choose files: .txt, .html or .jsonl").set_input_files(
        [
            {"name": "first.txt", "mimeType": "text/plain", "buffer": ARTICLE.encode()},
            {"name": "many.jsonl", "mimeType": "application/jsonl", "buffer": lines.encode()},
            {"name": "page.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"},
        ]
    )

    expect(page.get_by_role("heading", name="41 articles")).to_be_visible()
    expect(page.locator("#trouble")).to_contain_text("page.pdf")
    assert page.evaluate("said") == [
        "0 of 42 read",
        "1 of 42 read",
        "33 of 42 read",
        "0 of 41 articles tagged",
        "32 of 41 articles tagged",
    ]
    items = page.get_by_role("navigation", name="Articles").locator("ol button")
    expect(items.first).to_have_attribute("aria-current", "true")
    items.first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(items.last).to_have_attribute("aria-current", "true")
    expect(items.last).to_be_focused()
    expect(page.locator("#whose")).to_have_text("l-39")
    expect(paragraph(page, "near the river. 39").locator("mark").first).to_be_visible()
    page.get_by_role("button", name="Next article").click()
    expect(page.locator("#words")).to_contain_text(HEADLINE)


def test_all_articles_are_downloaded_as_one_table_however_many_batches_they_took(page):
    lines = "".join(json.dumps({"id": f"l-{n}", "text": f"{SEIZURE} {n}"}) + "\n" for n in range(40))
    page.goto("/")
    page.locator("#files").set_input_files([{"name": "a.jsonl", "mimeType": "text/plain", "buffer": lines.encode()}])
    expect(page.locator("#tagged")).to_be_visible()

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()

    found = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert [line.startswith("id,") for line in found] == [True] + [False] * 40
    assert waiting.value.suggested_filename == "articles.csv"


def test_more_articles_than_the_page_takes_are_left_out_and_it_says_so(page):
    lines = "".join(json.dumps({"text": f"{SEIZURE} {n}"}) + "\n" for n in range(330))
    page.goto("/")
    page.locator("#files").set_input_files([{"name": "a.jsonl", "mimeType": "text/plain", "buffer": lines.encode()}])

    expect(page.get_by_role("heading", name="320 articles")).to_be_visible(timeout=60_000)
    expect(page.locator("#trouble")).to_contain_text("10 more were left out")
    expect(page.locator(".pile-name").last).to_have_text("a-320")


def test_a_file_dropped_anywhere_is_tagged_and_the_drop_is_seen_coming(page):
    page.goto("/")
    files = page.evaluate_handle(
        "text => { const made = new DataTransfer(); made.items.add(new File([text], 'dropped.txt')); return made; }",
        ARTICLE,
    )

    page.dispatch_event("header.bar", "dragenter", {"dataTransfer": files})
    expect(page.locator("#drop")).to_be_visible()
    page.dispatch_event("header.bar", "drop", {"dataTransfer": files})

    expect(page.get_by_role("heading", level=1)).to_have_text("Drugs and cyber")
    expect(page.locator("#drop")).to_be_hidden()
    expect(page.locator("#whose")).to_contain_text("dropped")


def test_unsupported_text_says_so_in_the_verdict(page):
    tag(page, RUSSIAN)

    expect(page.get_by_role("heading", level=1)).to_have_text("Not judged: not English")
    expect(page.locator("#announce")).to_have_text("Not judged: not English")
    expect(page.locator("#words")).to_contain_text("Таможенники")
    expect(page.get_by_role("button", name="Label this article")).to_be_hidden()


def test_an_error_is_told_beside_the_button_and_the_text_stays(page, server: Served):
    page.goto("/")
    box = page.get_by_label("Paste an article")
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("nothing to tag", ignore_case=True)
    expect(box).to_be_focused()
    text = "A word or two. " * 70_000
    box.fill(text)
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("at most 1,000,000 are tagged")
    assert box.input_value() == text


def test_a_wrong_tag_is_sent_to_the_labelling_queue_under_ones_name(page, server: Served):
    tag(page)
    hovered = paragraph(page, MARKET)
    hovered.hover()
    hovered.get_by_role("button", name="This is wrong").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Cyber")).to_be_checked()
    expect(dialog.get_by_label("Floods")).not_to_be_checked()

    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("alert")).to_contain_text("nothing differs")
    dialog.get_by_label("Drugs").uncheck()
    dialog.get_by_label("Floods").check()
    dialog.get_by_label("Note").fill("the drugs are named in passing")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("alert")).to_contain_text("your name")
    dialog.get_by_label("Your name").fill("carla")
    dialog.get_by_role("button", name="Send").click()

    expect(page.get_by_role("status").get_by_role("link")).to_have_attribute("href", "/label?queue=reported")
    expect(dialog).to_be_hidden()
    (event,) = read_events(server.project)
    assert (event.kind, event.annotator, sorted(event.topics)) == ("reported", "carla", ["drugs", "floods"])
    assert event.note == "the drugs are named in passing"
    assert (server.project.articles / f"{event.article}.txt").read_text(encoding="utf-8") == ARTICLE
    assert page.evaluate("localStorage.getItem('annotator')") == "carla"


def test_label_this_article_keeps_it_and_leads_to_the_label_page_and_back(page, server: Served):
    before = set(server.project.articles.iterdir())
    tag(page)

    page.get_by_role("button", name="Label this article").click()
    page.wait_for_url("**/label?queue=article&article=*")
    (added,) = set(server.project.articles.iterdir()) - before
    assert page.url.endswith(f"article={added.stem}")
    page.go_back()

    expect(page.get_by_role("heading", level=1)).to_have_text("Drugs and cyber")
    assert page.url.endswith(f"/?article={added.stem}")


def test_an_article_of_the_project_is_opened_by_its_id_furniture_and_all(page, server: Served):
    (server.project.articles / "kept.txt").write_text(ARTICLE, encoding="utf-8")

    page.goto("/?article=kept")

    expect(page.get_by_role("heading", level=1)).to_have_text("Drugs and cyber")
    expect(paragraph(page, SEIZURE).locator(".lead")).to_have_text(DATELINE.strip())
    expect(paragraph(page, "Follow us")).to_contain_text("Not article text")
    page.goto("/?article=unknown")
    expect(page.get_by_role("alert")).to_contain_text("unknown")


def test_the_text_can_be_edited_and_the_tags_gone_back_to(page):
    tag(page)

    page.get_by_role("button", name="Edit text").click()
    expect(page.get_by_label("Paste an article")).to_have_value(ARTICLE)
    page.get_by_role("button", name="Back to the tags").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Drugs and cyber")


@pytest.mark.parametrize("state", ["empty", "tagged"])
def test_nothing_scrolls_sideways_on_a_telephone(page, state):
    page.set_viewport_size(NARROW)
    page.goto("/")
    if state == "tagged":
        tag(page, f"{ARTICLE}\n{'heroin' * 60} was found by officers at the crossing.\n")
        page.get_by_text("Move the thresholds").click()
        row(page, "Floods").get_by_role("button", name="Why not?").click()

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_on_a_telephone_the_rail_stands_between_verdict_and_text_and_sliders_are_folded_away(page):
    page.set_viewport_size(NARROW)
    tag(page)

    slider = page.get_by_label("Drugs, threshold")
    expect(slider).to_be_hidden()
    tops = [page.locator(place).bounding_box()["y"] for place in ("#verdict", "#rail", "#words")]
    assert tops == sorted(tops)
    page.get_by_text("Move the thresholds").click()
    expect(slider).to_be_visible()
    expect(paragraph(page, SEIZURE).get_by_role("button", name="This is wrong")).to_have_css("opacity", "1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(page, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto("/")
    assert violations(page) == []
    tag(page)
    move(page, "Drugs", 0)
    row(page, "Floods").get_by_role("button", name="Why not?").click()
    row(page, "Drugs").locator(".pick").click()
    paragraph(page, SEIZURE).locator("mark").first.focus()
    assert violations(page) == []
    paragraph(page, SEIZURE).hover()
    paragraph(page, SEIZURE).get_by_role("button", name="This is wrong").click()
    assert violations(page) == []
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Move the thresholds").click()
    assert violations(page) == []


def test_a_tag_that_takes_long_shows_that_the_page_works(page):
    page.goto("/")
    held = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/api/tag", hold)
    page.get_by_label("Paste an article").fill(ARTICLE)
    page.get_by_role("button", name="Tag", exact=True).click()

    expect(page.locator("#progress")).to_contain_text("Tagging")
    expect(page.locator("#go")).to_have_attribute("aria-busy", "true")

    held[0].continue_()
    expect(page.locator("#tagged")).to_be_visible()
    expect(page.locator("#progress")).to_be_hidden()


def test_what_went_wrong_is_a_whole_sentence(page):
    page.goto("/")
    page.get_by_role("button", name="Tag", exact=True).click()

    expect(page.get_by_role("alert")).to_have_text("There is nothing to tag yet: paste an article, or choose files.")


def test_a_very_long_article_is_laid_out_only_where_it_is_seen(page):
    tag(page, "\n\n".join([SEIZURE] * 201))

    last = page.locator(".para").last
    assert last.evaluate("each => getComputedStyle(each).contentVisibility") == "auto"
    last.scroll_into_view_if_needed()
    expect(last.locator("mark").first).to_be_visible()


def test_forced_colours_tell_tags_thresholds_and_the_present_page_without_fills(context, server):
    page = context.new_page()
    page.emulate_media(forced_colors="active")
    tag(page)

    side = "each => getComputedStyle(each).borderLeftColor"
    tagged, plain = (paragraph(page, text).locator(".said") for text in (MARKET, THEATRE))
    assert tagged.evaluate(side) != plain.evaluate(side)
    marks = page.locator(".track .meter").evaluate_all(
        "all => all.map((one) => getComputedStyle(one, '::after').display)"
    )
    assert set(marks) == {"block"}
    nav = page.locator(".bar nav a").evaluate_all("all => all.map((one) => getComputedStyle(one).borderBottomStyle)")
    assert nav == ["solid", "none", "none"]
    page.close()
