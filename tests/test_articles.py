"""Articles: clean text before offsets, and what furniture tells."""

from __future__ import annotations

import dataclasses

import ftfy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.articles import article_from_text, clean_text

LEAD = (
    "Customs officers at the Torugart crossing found 38 kilograms of heroin in a truck bound for Osh, the service said."
)
REST = "The driver, 44, was remanded for two months and says that he had been asked to carry a spare wheel to a cousin."


def told(*lines):
    article = article_from_text("\n".join(lines))
    return article.title, article.date, article.place, article.agency


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("\ufeffText", "Text"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("“curly” ‘quotes’ – dashes… ﬁ №", "“curly” ‘quotes’ – dashes… ﬁ №"),
        ("It\u00e2\u20ac\u2122s mended", "It\u2019s mended"),
        ("caf\u00c3\u00a9 \u00e2\u20ac\u201c bar", "café – bar"),
        ("Москва \u00e2\u20ac\u201c caf\u00c3\u00a9\nМосква", "Москва – café\nМосква"),
        ("&amp; <b>stay</b>", "&amp; <b>stay</b>"),
        ("half \ud83d of one", "half \ufffd of one"),
        ("\ud83d\ude00", "😀"),
        ("e\u0301", "e\u0301"),
        ("", ""),
    ],
)
def test_a_text_is_cleaned_of_encoding_mishaps_and_of_nothing_else(raw, clean):
    assert clean_text(raw) == clean
    assert article_from_text(raw).text == clean


def test_offsets_count_in_the_clean_text():
    article = article_from_text("\ufeffTruck held\r\n\r\nThe caf\u00c3\u00a9 was searched.\r\n", "osh")
    assert article.text == "Truck held\n\nThe café was searched.\n"
    assert [(p.id, p.text) for p in article.content] == [
        ("osh:0-10", "Truck held"),
        ("osh:12-34", "The café was searched."),
    ]


def test_title_date_place_and_agency_come_from_headline_stamp_dateline_and_tag():
    assert told("21 November 2018 14:20 (UTC+04:00)", "Truck held", "BAKU, Azerbaijan, Nov. 21", "Trend:", LEAD) == (
        "Truck held", "2018-11-21", "Baku, Azerbaijan", "Trend",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("opening", "date", "place", "agency"),
    [
        ("date 2017-05-25 MINSK. KAZINFORM - ", "2017-05-25", "Minsk", "Kazinform"),
        ("MOSCOW, November 17. /TASS/. ", None, "Moscow", "TASS"),
        ("BISHKEK (24.kg) - ", None, "Bishkek", "24.kg"),
        ("LEHI, Utah — ", None, "Lehi, Utah", None),
        ("(ANSA) - Rome, March 3, 2014 - ", "2014-03-03", "Rome", "ANSA"),
        ("", None, None, None),
    ],
)
def test_they_come_from_the_opening_of_the_story_too(opening, date, place, agency):
    assert told("Truck held", opening + LEAD) == ("Truck held", date, place, agency)


@pytest.mark.parametrize("mark", ["/TASS/", "-- TASS", "(TASS)", "\n/TASS/", "\nTASS"])
def test_the_agency_may_be_told_by_the_closing_mark(mark):
    assert told(LEAD, f"{REST} {mark}") == (None, None, None, "TASS")


def test_the_first_that_tells_a_thing_is_believed():
    assert told("OSH, 3 May", LEAD, f"BISHKEK, 4 May (Kabar) - {REST}", "5 May 2014") == (
        None,
        "2014-05-05",
        "Osh",
        "Kabar",
    )


def test_what_stands_in_the_news_itself_tells_nothing():
    assert told("On 21 November 2018 TASS wrote from Baku of it.", LEAD, REST) == (None, None, None, None)


@pytest.mark.parametrize("stamp", ["Saturday, 19 September 1998, 21:40", "9 May 2018 06:00 BST"])
def test_the_day_of_the_week_is_no_place_and_the_time_zone_no_agency(stamp):
    _, date, place, agency = told(stamp, "Truck held", LEAD)
    assert (date is not None, place, agency) == (True, None, None)


def test_content_is_what_is_not_furniture():
    article = article_from_text(f"By Nino Example\nTruck held\n{LEAD}\n* * *\n{REST}\nRead more")
    assert [p.text for p in article.content] == ["Truck held", LEAD, REST]
    assert [p.kind for p in article.paragraphs if p.is_furniture] == ["furniture"] * 3
    assert "By Nino Example" in article.text


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_nothing_gives_an_article_without_paragraphs(text):
    article = article_from_text(text)
    assert article.paragraphs == article.content == ()
    assert article.title is None


def test_articles_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        article_from_text(LEAD).text = ""


@given(st.text(st.characters(max_codepoint=127), max_size=300))
def test_there_is_nothing_to_mend_in_ascii_so_that_cleaning_may_pass_it_over(text):
    assert ftfy.fix_encoding(text) == text
    assert clean_text(text) == text.replace("\r\n", "\n").replace("\r", "\n")
