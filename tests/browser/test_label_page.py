"""The label page in a browser: labelled with the keyboard, undone, settled, blind or not, and nothing lost on the way."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from pipeline.annotation.annotations import GOLD, append_annotations, label_file, read_annotations, stand
from pipeline.annotation.journal import read_events
from pipeline.files import write_text
from pipeline.text.reading import read_article
from tests.axe import violations
from tests.browser.conftest import NARROW, Served
from tests.corpora import KEYS
from tests.workbench import DISPUTED, UNJUDGED

ME = "carla"
HOSTILE = """<script>alert(1)</script> heroin was found on Monday

The guard said <img src=x onerror="alert(2)"> and the <b>dealer</b> was held by the police.

"><svg onload=alert(3)> was written on the truck at the crossing, javascript:alert(4) beside it.
"""
NEWS = "Officers seized heroin at the bridge\n\nCustoms officers found heroin in a truck.\n\nThe theatre was closed on Monday.\n"


def standing(server: Served, annotator: str = ME) -> dict[tuple[str, int, int], tuple[str, ...]]:
    """What an annotator's file says in the end."""
    lines = read_annotations(label_file(server.project, annotator), KEYS)
    held = stand(("", line) for _, line in lines)
    return {span: tuple(key for key in KEYS if cells[key].value) for span, cells in held.items()}


def enter(page: Any, address: str = "/label?queue=random", name: str = ME) -> None:
    """Open the page under a name."""
    page.goto("/static/icon.svg")
    page.evaluate("name => localStorage.setItem('annotator', name)", name)
    page.goto(address)
    ready(page)


def ready(page: Any) -> None:
    expect(page.locator("#desk[data-state='task']")).to_be_visible()


def now(page: Any) -> str:
    """Article and place of the paragraph in question."""
    asked = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    return f"{asked['article']}:{asked['paragraph']}"


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def onward(page: Any, *keys: str) -> str:
    """Press keys that lead to another paragraph; which one was left."""
    left = now(page)
    press(page, *keys)
    page.wait_for_function("left => !location.search.includes(left)", arg=_mark(left))
    ready(page)
    return left


def _mark(left: str) -> str:
    article, _, paragraph = left.rpartition(":")
    return f"article={article}&paragraph={paragraph}"


def span(place: str) -> tuple[str, int, int]:
    article, _, paragraph = place.rpartition(":")
    start, _, end = paragraph.partition("-")
    return article, int(start), int(end)


def pressed(page: Any) -> list[str]:
    return page.locator("#topics [aria-pressed='true'] .name").all_inner_texts()


def test_ten_paragraphs_are_labelled_with_the_keyboard_three_undone_and_a_reload_finds_the_work(page, server):
    page.goto("/label?queue=random")
    page.get_by_label("Your name").fill(ME)
    page.keyboard.press("Enter")
    ready(page)
    keys = ["d", "c", "f", "0", "dc", "d", "0", "cf", "f", "0"]

    places = [onward(page, *pressed_keys, "Enter") for pressed_keys in keys]

    expect(page.locator("#progress")).to_contain_text("10 saved today")
    topics = [tuple(key for key in KEYS if key[0] in said) for said in keys]
    assert standing(server) == dict(zip(map(span, places), topics, strict=True))

    for place in reversed(places[7:]):
        page.keyboard.press("z")
        expect(page.locator("#last")).to_contain_text("Undone")
        page.wait_for_function("place => location.search.endsWith(place)", arg=_mark(place))
        ready(page)
    assert standing(server) == dict(zip(map(span, places[:7]), topics[:7], strict=True))

    page.reload()
    ready(page)
    assert now(page) == places[7]
    expect(page.locator("#progress")).to_contain_text("7 saved today")
    assert pressed(page) == []

    page.keyboard.press("z")  # goes on after the reload, since the log is the stack
    page.wait_for_function("place => location.search.endsWith(place)", arg=_mark(places[6]))
    assert len(standing(server)) == 6


def test_undo_shows_what_stands_again_and_what_was_taken_back(page, server):
    enter(page, f"/label?queue=article&article={UNJUDGED[0]}")
    place = onward(page, "d", "Enter")
    page.goto(f"/label?queue=article&article={UNJUDGED[0]}&paragraph={place.rpartition(':')[2]}")
    ready(page)
    assert pressed(page) == ["Drugs"]
    onward(page, "d", "c", "Enter")

    page.keyboard.press("z")

    expect(page.locator("#last")).to_have_text("Undone: you had said cyber")
    page.wait_for_function("place => location.search.endsWith(place)", arg=_mark(place))
    expect(page.locator("#topics [data-key='drugs']")).to_have_attribute("aria-pressed", "true")
    assert standing(server)[span(place)] == ("drugs",)


def test_the_disagreement_is_settled_by_taking_a_voice_or_choosing(page, server):
    enter(page, "/label?queue=disagreements")
    expect(page.locator(".voice")).to_have_count(2)
    expect(page.locator(".voice").first).to_contain_text("anna")
    expect(page.locator("#voices")).to_contain_text("drugs: anna yes, boris no")

    page.keyboard.press("1")
    assert pressed(page) == ["Drugs"]
    first = onward(page, "Enter")
    press(page, "0", "Enter")

    expect(page.locator("#rest")).to_contain_text("Annotators agree, or what they differ on is settled.")
    settled = standing(server, GOLD)
    places = [(p.article_id, p.start, p.end) for p in read_article(server.project.articles / f"{DISPUTED}.txt").content]
    assert span(first) == places[0]
    assert [settled[place] for place in places] == [("drugs",), ()]
    assert [(event.kind, event.queue) for event in read_events(server.project, ME)] == [
        ("settled", "disagreements")
    ] * 2
    assert not label_file(server.project, ME).exists()

    page.get_by_role("button", name="Undo").click()
    ready(page)
    assert places[1] not in standing(server, GOLD)
    expect(page.locator(".voice")).to_have_count(2)


def test_unsure_asks_for_a_note_and_enter_in_it_saves(page, server):
    enter(page)

    press(page, "d", "u")
    expect(page.get_by_label("What makes you unsure? (optional)")).to_be_focused()
    page.keyboard.type("is it opium?")
    place = onward(page, "Enter")
    onward(page, "0", "u", "Enter")

    notes = [line.note for _, line in read_annotations(label_file(server.project, ME), KEYS)]
    assert notes == ["unsure: is it opium?", "unsure"]
    assert [event.note for event in read_events(server.project, ME)] == notes
    page.goto(f"/label?queue=article&article={span(place)[0]}&paragraph={place.rpartition(':')[2]}")
    ready(page)
    expect(page.locator("#unsure")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#note")).to_have_value("is it opium?")


def test_typing_a_note_triggers_no_key_and_neither_do_ctrl_alt_and_meta(page, server):
    enter(page)

    press(page, "n")
    page.keyboard.type("dzs0u? dc")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("f")
    expect(page.locator("#note")).to_have_value("dzs0u? dc\nf")
    page.keyboard.press("Escape")
    expect(page.locator("#pane")).to_be_focused()
    press(page, "Control+d", "Alt+c", "Meta+f", "Control+Enter")

    assert pressed(page) == []
    assert not label_file(server.project, ME).exists()
    onward(page, "c", "Enter")
    ((_, line),) = read_annotations(label_file(server.project, ME), KEYS)
    assert (line.topics, line.note) == (("cyber",), "dzs0u? dc\nf")


def test_enter_without_a_choice_does_not_save_and_says_what_to_choose(page, server):
    enter(page)
    place = now(page)

    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_have_text("Choose a topic or 0 for none of these.", use_inner_text=True)
    assert now(page) == place
    press(page, "d", "0", "0", "Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert not label_file(server.project, ME).exists()


def test_skip_passes_a_paragraph_over_for_good(page, server):
    enter(page)

    place = onward(page, "s")

    (event,) = read_events(server.project, ME)
    assert (event.kind, event.span, event.queue) == ("skipped", span(place), "random")
    expect(page.locator("#last")).to_have_text("Skipped")
    assert not label_file(server.project, ME).exists()


def test_the_log_tells_when_the_suggestion_was_seen_and_it_is_shown_only_then(page, server):
    enter(page, f"/label?queue=article&article={UNJUDGED[0]}")
    meters = page.locator("#topics .meter")

    expect(meters).to_have_count(0)
    onward(page, "d", "Enter")
    expect(page.locator("#last")).to_contain_text("You said drugs; the model said cyber ")
    expect(page.locator("#last")).to_contain_text("z to change")
    expect(meters).to_have_count(0)

    page.keyboard.press("z")  # the model's word is known by now
    expect(meters).to_have_count(len(KEYS))
    expect(page.locator(".now mark").first).to_be_visible()
    onward(page, "c", "Enter")
    expect(page.locator("#last")).to_have_text("Saved. Model agreed: cyber")

    page.get_by_label("Show the model's suggestion").select_option("never")
    expect(meters).to_have_count(0)
    page.locator("#pane").focus()
    onward(page, "0", "Enter")
    expect(page.locator("#last")).to_have_text("Saved: none of these")

    page.get_by_label("Show the model's suggestion").select_option("before")
    expect(meters).to_have_count(len(KEYS))
    page.locator("#pane").focus()
    press(page, "d", "Enter")
    expect(page.locator("#rest")).to_contain_text("That was the last paragraph of this article.")

    saved = [event for event in read_events(server.project, ME) if event.kind == "saved"]
    assert [event.shown for event in saved] == ["after", "before", "", "before"]
    assert all(set(event.suggested) == set(KEYS) and event.model for event in saved)
    page.reload()
    expect(page.get_by_label("Show the model's suggestion")).to_have_value("before")


def test_no_suggestion_is_asked_for_before_the_choice_unless_it_is_wanted(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/api/suggestion" in request.url else None)
    enter(page)
    press(page, "d", "c")
    page.get_by_label("Show the model's suggestion").select_option("never")
    page.locator("#pane").focus()

    onward(page, "Enter")
    onward(page, "0", "Enter")

    assert asked == []


def test_markup_in_an_article_is_shown_as_text(page, server):
    write_text(server.project.articles / "hostile.txt", HOSTILE)

    enter(page, "/label?queue=article&article=hostile")

    for paragraph in read_article(server.project.articles / "hostile.txt").content:
        expect(page.locator(".now")).to_have_text(" ".join(paragraph.text.split()))
        assert page.locator("#pane :is(script, img, svg, b)").count() == 0
        press(page, "n")
        page.keyboard.insert_text(paragraph.text)
        page.keyboard.press("Escape")
        press(page, "0", "Enter")
    expect(page.locator("#rest")).to_be_visible()
    for _, line in read_annotations(label_file(server.project, ME), KEYS):
        append_annotations(label_file(server.project, "dina"), [replace(line, annotator="dina", topics=("drugs",))])
    page.goto("/label?queue=disagreements&article=hostile&paragraph=0-52")
    expect(page.locator(".voice-note").first).to_contain_text("<script>alert(1)</script>")


def test_two_people_and_two_windows_at_the_same_time_lose_nothing(browser, server):
    made = []
    for name in ("carla", "dina", "carla"):
        context = browser.new_context(base_url=server.address)
        page = context.new_page()
        enter(page, name=name)
        made.append((context, page, name, []))
    for number in range(5):
        for _, page, _, places in made:
            places.append(onward(page, KEYS[number % 3][0], "Enter"))

    said = {name: standing(server, name) for name in ("carla", "dina")}
    for context, _, name, places in made:
        assert set(map(span, places)) <= said[name].keys()
        context.close()
    assert len([e for e in read_events(server.project, "carla") if e.kind == "saved"]) == 10
    assert len(said["dina"]) == 5


def test_a_save_that_fails_keeps_the_choice_and_can_be_tried_again(page, server):
    enter(page)
    place = now(page)
    page.route("**/api/label", lambda route: route.abort())

    press(page, "d", "n")
    page.keyboard.type("why")
    page.keyboard.press("Enter")

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The server does not answer")
    assert now(page) == place
    assert pressed(page) == ["Drugs"]
    expect(page.locator("#note")).to_have_value("why")
    expect(page.locator("#last")).to_have_text("")
    assert not label_file(server.project, ME).exists()

    page.unroute("**/api/label")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_function("left => !location.search.includes(left)", arg=_mark(place))
    expect(alert).to_be_hidden()
    assert standing(server) == {span(place): ("drugs",)}


def test_a_refused_save_says_the_servers_sentence(page, server):
    enter(page, f"/label?queue=article&article={UNJUDGED[0]}")
    path = server.project.articles / f"{UNJUDGED[0]}.txt"
    write_text(path, Path(path).read_text("utf-8").replace("Ransom", "Random"))

    press(page, "d", "Enter")

    expect(page.get_by_role("alert")).to_contain_text("the text has changed since it was labelled")
    assert pressed(page) == ["Drugs"]


def test_a_click_on_a_topic_leaves_enter_to_save_and_tab_reaches_every_control(page, server):
    enter(page)
    place = now(page)

    page.locator("#topics [data-key='cyber']").click()
    expect(page.locator("#pane")).to_be_focused()
    onward(page, "Enter")
    assert standing(server) == {span(place): ("cyber",)}

    page.keyboard.press("Tab")
    expect(page.locator("#topics [data-key='drugs']")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#topics [data-key='drugs']")).to_be_focused()
    assert pressed(page) == ["Drugs"]
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.dataset.key"))
    assert reached == ["cyber", "floods", "none", "save", "skip", "unsure", "note-open", "undo"]
    onward(page, "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Enter")
    assert len(standing(server)) == 2


def test_a_key_of_the_codebook_wins_over_a_command_which_keeps_its_button(page, server):
    path = server.project.codebook
    write_text(
        path, path.read_text("utf-8").replace('hotkey = "d"', 'hotkey = "s"').replace('hotkey = "c"', 'hotkey = "0"')
    )
    enter(page)

    press(page, "s", "0")
    assert pressed(page) == ["Drugs", "Cyber"]
    expect(page.locator("#skip kbd")).to_have_count(0)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("skip: it does not come back (button only: s is the key of Drugs)")
    expect(keys).to_contain_text("none of these (button only: 0 is the key of Cyber)")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Skip").click()
    expect(page.locator("#last")).to_have_text("Skipped")
    assert [event.kind for event in read_events(server.project, ME)] == ["skipped"]


def test_the_whole_article_is_shown_with_the_paragraph_in_question_in_full_contrast_and_in_view(page):
    enter(page, f"/label?queue=article&article={UNJUDGED[1]}")

    heights = []
    for number in range(4):
        expect(page.locator(".para")).to_have_count(4)
        expect(page.locator(".now")).to_have_count(1)
        expect(page.locator(".now")).to_have_attribute("aria-current", "true")
        expect(page.locator(".now")).to_be_in_viewport(ratio=1)
        heights.append(page.evaluate("document.querySelector('.now').getBoundingClientRect().top"))
        colours = page.evaluate("[...document.querySelectorAll('.para')].map(node => getComputedStyle(node).color)")
        assert colours.count(colours[number]) == 1
        press(page, "0", "Enter")
        if number < 3:
            expect(page.locator(".para").nth(number + 1)).to_have_class(re.compile(r"\bnow\b"))
    assert max(heights) - min(heights) < 2, "the next paragraph comes where the last one was"


def test_guidelines_of_the_topic_that_is_chosen_come_forward(page):
    enter(page)
    rules = page.locator("[data-guide='cyber']")
    expect(rules).not_to_have_attribute("open", "")

    page.keyboard.press("c")
    expect(rules).to_have_attribute("open", "")
    expect(rules).to_contain_text("cyber reported as a fact")
    expect(rules).to_contain_text("the word alone")
    page.locator("#topics [data-key='floods']").hover()
    expect(page.locator("[data-guide='floods']")).to_have_attribute("open", "")
    expect(rules).not_to_have_attribute("open", "")


def test_the_search_finds_by_words_topic_and_annotator_and_the_address_keeps_it(page):
    enter(page)
    page.get_by_role("button", name="Search", exact=False).first.click()
    expect(page.locator("#rest")).to_contain_text("Say what to look for.")

    page.get_by_label("Words").fill("heroin")
    page.get_by_label("Judged by").fill("anna")
    page.get_by_label("Topic", exact=True).select_option("drugs")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Search", exact=True).click()
    ready(page)

    expect(page.locator("#progress")).to_contain_text("1 of 5 in this queue")
    expect(page.locator(".now")).to_contain_text("heroin")
    onward(page, "d", "Enter")
    page.reload()
    ready(page)
    expect(page.locator("#progress")).to_contain_text("2 of 5 in this queue")
    expect(page.get_by_label("Words")).to_have_value("heroin")


def test_a_new_article_is_pasted_and_its_first_paragraph_comes(page, server):
    enter(page)

    page.get_by_role("button", name="New article").click()
    page.get_by_role("button", name="Add and label").click()
    expect(page.locator("#new-fault")).to_have_text("Paste the article's text.")
    page.get_by_label("Text").fill("Таможенники нашли героин в грузовике на границе вчера вечером.")
    page.get_by_role("button", name="Add and label").click()
    expect(page.locator("#new-fault")).to_contain_text("not English")
    title, _, text = NEWS.partition("\n\n")
    page.get_by_label("Title (optional)").fill(title)
    page.get_by_label("Text").fill(text)
    page.get_by_role("button", name="Add and label").click()

    expect(page.locator("#title")).to_have_text(title)
    expect(page.locator(".now")).to_have_text(title)
    expect(page.locator("#pane")).to_be_focused()
    place = onward(page, "d", "Enter")
    assert place.startswith("officers-seized-heroin-at-the-bridge-")
    assert (server.project.articles / f"{span(place)[0]}.txt").read_text("utf-8") == NEWS
    assert standing(server) == {span(place): ("drugs",)}
    expect(page.locator("#retrain-link")).to_have_attribute("href", f"/?article={span(place)[0]}")


def test_a_queue_whose_answer_comes_late_does_not_take_the_place_of_the_article_opened_meanwhile(page):
    late = []
    page.route("**/api/queue/uncertain**", lambda route: late.append(route))  # noqa: PLW0108  Playwright marks what it calls, which no built-in lets it
    page.goto("/static/icon.svg")
    page.evaluate("name => localStorage.setItem('annotator', name)", ME)
    with page.expect_request("**/api/queue/uncertain**"):
        page.goto("/label?queue=uncertain")
    page.locator("#new").click()
    page.get_by_label("Text").fill(NEWS)
    page.get_by_role("button", name="Add and label").click()
    expect(page.locator("#title")).to_have_text("Officers seized heroin at the bridge")

    with page.expect_response("**/api/queue/uncertain**"):
        late[0].continue_()

    onward(page, "d", "Enter")
    assert now(page).startswith("officers-seized-heroin")
    expect(page.locator("#progress")).to_contain_text("2 of 3 in this queue")


def test_a_count_of_today_that_comes_late_does_not_take_back_what_was_saved_since(page):
    enter(page)
    late = []
    page.route("**/api/today**", lambda route: late.append((route, route.fetch())))
    with page.expect_request("**/api/today**"):
        page.locator("#new").click()
        page.get_by_label("Text").fill(NEWS)
        page.get_by_role("button", name="Add and label").click()
    expect(page.locator("#title")).to_have_text("Officers seized heroin at the bridge")
    ready(page)

    onward(page, "d", "Enter")
    route, answer = late[0]
    with page.expect_response("**/api/today**"):
        route.fulfill(response=answer)
    onward(page, "0", "Enter")

    expect(page.locator("#progress")).to_contain_text("2 saved today")


def test_a_name_can_be_changed_and_one_that_cannot_be_a_file_is_refused(page, server):
    enter(page)
    page.get_by_role("button", name="Change the name").click()
    page.get_by_label("Your name").fill("../gold")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("names a file, so must be letters")
    page.get_by_label("Your name").fill("dina")
    page.keyboard.press("Enter")
    ready(page)

    expect(page.locator("#who-name")).to_have_text("dina")
    place = onward(page, "f", "Enter")
    assert standing(server, "dina") == {span(place): ("floods",)}


def test_where_a_queue_is_empty_the_page_says_what_to_do_and_undo_still_works(page, server):
    enter(page, f"/label?queue=article&article={UNJUDGED[0]}")
    for _ in range(2):
        onward(page, "0", "Enter")
    press(page, "0", "Enter")
    expect(page.locator("#rest")).to_contain_text("That was the last paragraph of this article.")
    expect(page.get_by_role("heading", name="One article")).to_be_focused()

    page.keyboard.press("z")
    ready(page)
    assert len(standing(server)) == 2

    page.goto("/label?queue=reported")
    expect(page.locator("#rest")).to_contain_text("Nothing that was called wrong waits to be judged.")
    page.get_by_role("button", name="Random sample").first.click()
    ready(page)


def test_an_address_of_a_paragraph_that_is_gone_says_so_and_goes_on_with_the_queue(page):
    enter(page, "/label?queue=disagreements&article=a14&paragraph=1-2")

    expect(page.locator("#last")).to_have_text("article 'a14' has no paragraph 1-2 to judge; load the page again")
    expect(page.locator(".voice")).to_have_count(2)
    expect(page.locator("#progress")).to_contain_text("2 left in this queue")


def test_undo_without_anything_to_undo_says_so(page):
    enter(page)
    place = now(page)

    page.keyboard.press("z")

    expect(page.get_by_role("alert")).to_contain_text("Nothing is left to undo")
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    assert now(page) == place


def test_retraining_goes_on_behind_the_labels_and_ends_with_the_new_figures(page, server):
    enter(page, f"/label?queue=article&article={UNJUDGED[0]}")
    before = page.request.get("/api/model").json()["sha256"]
    place = onward(page, "d", "Enter")

    page.get_by_role("button", name="Retrain").click()
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_visible()
    page.locator("#pane").focus()
    onward(page, "0", "Enter")

    expect(page.locator("#retrain-words")).to_contain_text("New model: F1 ", timeout=120_000)
    assert len(standing(server)) == 2
    assert page.request.get("/api/model").json()["sha256"] != before
    expect(page.locator("#board li")).to_have_count(1)
    expect(page.get_by_role("link", name="See this article's new tags")).to_have_attribute(
        "href", f"/?article={span(place)[0]}"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_in_any_state_of_the_page(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto("/label")
    expect(page.get_by_label("Your name")).to_be_visible()
    assert violations(page) == []
    enter(page)
    press(page, "d", "u")
    assert violations(page) == []
    page.keyboard.press("Escape")
    onward(page, "Enter")
    page.get_by_label("Show the model's suggestion").select_option("before")
    expect(page.locator("#topics .meter").first).to_be_visible()
    page.locator("#pane").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.goto("/label?queue=disagreements")
    ready(page)
    assert violations(page) == []
    page.goto("/label?queue=search")
    expect(page.locator("#rest")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_on_a_narrow_screen(page, scheme):
    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme=scheme)
    enter(page, "/label?queue=disagreements")
    page.locator("#guide > summary").click()
    page.locator("#side > summary").click()

    assert violations(page) == []


def test_a_narrow_screen_has_no_sideways_scroll_and_the_guidelines_below(page):
    page.set_viewport_size(NARROW)
    enter(page, "/label?queue=disagreements")

    def width() -> int:
        return page.evaluate("document.documentElement.scrollWidth")

    assert width() == NARROW["width"]
    below = page.locator("#guide > summary")
    assert below.bounding_box()["y"] > page.locator("#dock").bounding_box()["y"]
    expect(page.locator("[data-guide='drugs']")).to_be_hidden()
    below.click()
    expect(page.locator("[data-guide='drugs']")).to_be_visible()
    page.locator("#side > summary").click()
    expect(page.get_by_role("button", name="New article")).to_be_visible()
    assert width() == NARROW["width"]
    page.locator("#side > summary").click()
    page.locator("#topics [data-key='drugs']").click()
    page.locator("#save").click()
    expect(page.locator("#last")).to_contain_text("Settled")
    assert width() == NARROW["width"]


def test_after_undo_in_an_article_the_counts_at_the_side_and_above_the_text_agree(page):
    enter(page, f"/label?queue=article&article={UNJUDGED[0]}")
    for _ in range(2):
        onward(page, "0", "Enter")
    expect(page.locator("#facts")).to_contain_text("paragraph 3 of 3")

    for number in (2, 1):
        page.keyboard.press("z")
        expect(page.locator("#facts")).to_contain_text(f"paragraph {number} of 3")
        expect(page.locator("#progress")).to_contain_text(f"{number} of 3 in this queue")

    onward(page, "d", "Enter")
    expect(page.locator("#facts")).to_contain_text("paragraph 2 of 3")


def test_where_a_queue_is_empty_those_in_which_something_waits_are_offered(page):
    enter(page)
    page.goto("/label?queue=reported")

    offered = page.locator("#rest button")
    expect(offered).to_have_text(["New article", "Undo", "Disagreements", "Uncertain", "Random sample"])


def test_a_project_without_articles_asks_for_one(page, server):
    for path in server.project.articles.iterdir():
        path.unlink()
    page.goto("/label")
    page.get_by_label("Your name").fill(ME)
    page.keyboard.press("Enter")

    expect(page.locator("#rest")).to_contain_text("There are no articles yet. Add one to begin.")


def test_a_slow_start_says_what_it_waits_for(page):
    held = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/api/queues**", hold)
    page.goto("/label")
    page.evaluate("name => localStorage.setItem('annotator', name)", ME)
    page.reload()

    expect(page.locator("#last")).to_contain_text("Reading the articles")

    for route in held:
        route.continue_()
    ready(page)
    expect(page.locator("#last")).to_have_text("")


def test_a_low_window_keeps_room_for_the_paragraph(page):
    page.set_viewport_size({"width": 640, "height": 450})  # 1280 by 900 at a zoom of 200 %
    enter(page, "/label?queue=disagreements")

    assert page.locator("#pane").bounding_box()["height"] > 200
    assert page.evaluate("document.documentElement.scrollWidth") == 640


def test_a_title_that_is_cut_off_can_be_read_in_full(page):
    enter(page)

    assert page.locator("#title").get_attribute("title") == page.locator("#title").text_content()
