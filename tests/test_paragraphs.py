"""The splitting rule: what makes a paragraph, in which kind, and where its offsets lie."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.files import sha256_text
from pipeline.text.articles import article_from_text
from pipeline.text.datelines import read_opening
from pipeline.text.furniture import news_end
from pipeline.text.paragraphs import Paragraph, SplitOptions, split

LEAD = (
    "Customs officers at the Torugart crossing found 38 kilograms of heroin in a truck bound for Osh, the service said."
)
REST = "The driver, 44, was remanded for two months and says that he had been asked to carry a spare wheel to a cousin."
LINES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "", " ", "\t", "\u00a0", "\u2028", "\x0b", "\x1c", "* * *", "By Nino Example", "15:00", "Read more", "-0-", "Trend: ",
            "BAKU, Azerbaijan, Oct. 15 (Trend) -- Two men were held. —0--", "MOSCOW, November 17. /TASS/. The end. .cc", "- one", "1. two",
            "a) three", "Trend: /TASS/", "BISHKEK (24.kg) - -0-", "Police find heroin", LEAD, REST, "İstanbul ǅ e\u0301", "\ud7ff\ue000",
        ]
    ),
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=12).flatmap(
    lambda lines: st.sampled_from(["\n", "\n\n", "\r\n", "\r", " \n", "\n "]).map(lambda glue: glue.join(lines))
)


def kinds(text):
    return [(paragraph.text, paragraph.kind) for paragraph in article_from_text(text).paragraphs]


def contents(text):
    return [paragraph.text for paragraph in article_from_text(text).content]


@given(st.one_of(TEXTS, st.text()))
@example("\ufeff\ufeffA\nB")
@example("BISHKEK (24.kg) - -0-")
@example("Trend: /TASS/ -0-")
@settings(deadline=None, max_examples=500)
def test_spans_are_ordered_apart_trimmed_and_leave_out_nothing_but_furniture(text):
    article = article_from_text(text, "a")
    place = 0
    for paragraph in article.paragraphs:
        assert article.text[paragraph.start : paragraph.end] == paragraph.text
        assert place <= paragraph.start < paragraph.end
        assert paragraph.text == paragraph.text.strip()
        place = paragraph.end
    spans = split(article.text)
    assert [(s.start, s.end, s.kind) for s in spans] == [(p.start, p.end, p.kind) for p in article.paragraphs]
    covered = 0
    for span in spans:
        assert not article.text[covered : span.outer_start].strip()
        covered = span.outer_end
        opening, closing = article.text[span.outer_start : span.start], article.text[span.end : span.outer_end]
        while opening:
            opening = opening[read_opening(opening + article.text[span.start : span.end], first=True).end :]
        assert news_end(article.text[span.start : span.outer_end]) == span.end - span.start or not closing
    assert not article.text[covered:].strip()


@given(TEXTS)
@settings(deadline=None, max_examples=200)
def test_a_clean_text_is_split_the_same_when_it_is_read_again(text):
    once = article_from_text(text)
    assert article_from_text(once.text) == once


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\n \t\n", "\n\n\n\n", "\u2028", "\u2029"])
def test_paragraphs_are_parted_by_newlines_or_blank_lines_of_any_kind(gap):
    assert contents(gap.join([LEAD, REST, LEAD])) == [LEAD, REST, LEAD]


def test_hard_wrapped_lines_are_joined_and_the_span_covers_the_newlines():
    text = "\n\n".join(["Truck held at Torugart", textwrap.fill(f"{LEAD} {REST}", 72), textwrap.fill(REST, 72)])
    headline, first, second = article_from_text(text).paragraphs
    assert (headline.text, headline.kind) == ("Truck held at Torugart", "headline")
    assert first.text.split() == f"{LEAD} {REST}".split()
    assert first.text.count("\n") == 3
    assert second.text.split() == REST.split()


@pytest.mark.parametrize("width", [50, 60, 72, 78, 100])
@pytest.mark.parametrize("indent", ["", "    "])
def test_wrapped_text_is_known_at_any_usual_width_and_with_indented_paragraphs(width, indent):
    wrapped = [textwrap.fill(text, width, initial_indent=indent) for text in (LEAD, REST, LEAD)]
    assert [text.replace("\n", " ") for text in contents("\n\n".join(wrapped))] == [LEAD, REST, LEAD]


def test_wrapped_text_whose_first_lines_are_short_is_known_all_the_same():
    ragged = "\n\n".join(
        text[:40].rsplit(" ", 1)[0] + "\n" + textwrap.fill(text[len(text[:40].rsplit(" ", 1)[0]) + 1 :], 72)
        for text in (LEAD, REST, LEAD, REST)
    )
    assert len(contents(ragged)) == 4


def test_a_headline_of_two_wrapped_lines_is_one_headline():
    text = f"Sala Penal Nacional imposes 28 years on the former head of Shining\nPath column\n\n{textwrap.fill(LEAD, 72)}\n\n{textwrap.fill(REST, 72)}"
    article = article_from_text(text)
    assert article.title == "Sala Penal Nacional imposes 28 years on the former head of Shining Path column"
    assert len(article.content) == 3


def test_wrapped_text_without_a_blank_line_breaks_after_short_lines_that_end_a_sentence():
    text = "\n".join(textwrap.fill(part, 72) for part in (LEAD, "It was a quiet day at the pass.", REST, LEAD))
    assert len(contents(text)) == 4


def test_items_and_furniture_break_a_wrapped_block_but_not_amid_a_sentence():
    items = textwrap.fill(
        "- that the crossing be open at night, beginning with the first day of the coming month of May;", 72
    )
    text = f"{textwrap.fill(LEAD, 72)}\nThe ministers agreed:\n{items}\n{items}\nBATUMI, Georgia, March 4\n\n{textwrap.fill(REST, 72)}"
    found = kinds(text)
    assert [kind for _, kind in found] == ["text", "item", "item", "furniture", "text"]
    assert found[1][0] == items
    amid = "The seizures, of which the service has told nothing to anyone this year\n- neither to the press nor to the deputies - were of hashish alone, and\n12) was not a number that anybody in the town was able to read that day."
    assert len(contents(f"{amid}\n\n{textwrap.fill(f'{LEAD} {REST}', 72)}")) == 2


def test_short_lines_one_after_the_other_are_paragraphs_and_no_wrapped_text():
    lines = [
        "Police held two men on Monday.",
        "They carried opium, police said.",
        "The men come from Khorog.",
        "A court will hear them.",
    ]
    assert contents("\n".join(lines)) == lines


def test_lines_of_one_length_that_each_end_a_sentence_are_paragraphs():
    lines = [f"On day {i} of the trial the court heard a witness, and the court rose at six." for i in range(10)]
    assert contents("\n".join(lines)) == lines


def test_a_list_without_marks_is_not_taken_for_wrapped_text():
    lines = ["The following was found:", "heroin, 12 kg;", "hashish, 40 kg;", "opium, 3 kg."]
    assert contents("\n".join(lines)) == lines


def test_a_table_of_long_lines_amid_wrapped_text_does_not_undo_it():
    long = "https://example.org/" + "a" * 120
    text = "\n\n".join([textwrap.fill(LEAD, 72), long, textwrap.fill(REST, 72)])
    assert [len(text.split("\n")) for text in contents(text)] == [2, 1, 2]


def test_a_very_long_paragraph_is_never_split():
    long = f"{LEAD} " * 400
    assert contents(f"{long}\n{REST}") == [long.strip(), REST]


@pytest.mark.parametrize(
    "mark",
    ["-", "--", "–", "—", "•", "*", "·", "1.", "12.", "1)", "(1)", "a)", "(b)"],
)
def test_each_list_item_is_a_paragraph_of_its_own_kind(mark):
    text = f"{LEAD}\n{mark} heroin, twelve kilograms;\n{mark} opium."
    assert kinds(text)[1:] == [(f"{mark} heroin, twelve kilograms;", "item"), (f"{mark} opium.", "item")]


@pytest.mark.parametrize(
    "line",
    ["-heroin was found", "1.5 tons of hashish were found", "2014. was a good year", "a man was found", "A) he came"],
)
def test_what_only_begins_like_an_item_is_text(line):
    assert kinds(f"{LEAD}\n{line}") == [(LEAD, "text"), (line, "text")]


@pytest.mark.parametrize(
    "line",
    [
        "Police find heroin in truck",
        "Why did they leave?",
        "“We were afraid”",
        "Fentanyl seizures double in U.S.",
        "Waiting for rain...",
        "Drugs: the new road",
    ],
)
def test_a_short_first_line_without_a_full_stop_is_the_headline(line):
    assert kinds(f"By Nino Example\n{line}\n{LEAD}")[1:] == [(line, "headline"), (LEAD, "text")]
    assert article_from_text(f"{line}\n{LEAD}").title == line


@pytest.mark.parametrize(
    "line",
    [
        "Police found heroin in a truck.",
        "“We were afraid.”",
        "The following was found:",
        "- heroin in a truck",
        "OSH (24.kg) - Police found heroin",
        LEAD[:-1] + " and " + REST[:-1],
    ],
)
def test_what_ends_a_sentence_is_an_item_has_a_dateline_or_is_long_is_no_headline(line):
    article = article_from_text(f"{line}\n{LEAD}")
    assert [p.kind for p in article.paragraphs if p.kind == "headline"] == []
    assert article.title is None


def test_a_line_alone_is_no_headline_for_nothing_follows():
    assert kinds("Police find heroin in truck\nRead more") == [
        ("Police find heroin in truck", "text"),
        ("Read more", "furniture"),
    ]


def test_openings_and_closing_marks_lie_outside_the_span():
    text = f"Truck held\ndate 2017-05-25 MINSK. KAZINFORM - {LEAD}\nMOSCOW, November 17. /TASS/. {REST} —0--"
    article = article_from_text(text)
    assert [p.text for p in article.content] == ["Truck held", LEAD, REST]
    assert article.text[: article.content[1].start].endswith("KAZINFORM - ")
    assert article.text[article.content[2].end :] == " —0--"


def test_two_openings_in_a_row_are_both_left_out():
    assert contents(f"(ANSA) - Rome, March 3 - {LEAD}") == [LEAD]


def test_a_bare_town_opens_the_first_paragraph_only():
    assert contents(f"Truck held\nOSH — {LEAD}\nBATKEN — {REST}") == ["Truck held", LEAD, f"BATKEN — {REST}"]


def test_a_paragraph_of_openings_and_marks_alone_is_furniture():
    assert kinds(f"{LEAD}\nBISHKEK (24.kg) - -0-\ntasr -0-") == [
        (LEAD, "text"),
        ("BISHKEK (24.kg) - -0-", "furniture"),
        ("tasr -0-", "furniture"),
    ]


def test_more_is_furniture_above_and_below_the_news_than_amid_it():
    text = f"EUROWIRE\nTruck held at Torugart\nNato Beridze\n{LEAD}\nBACKGROUND\nNato Beridze\n{REST}\nV. Turcanu"
    assert [paragraph.kind for paragraph in article_from_text(text).paragraphs] == [
        "furniture", "headline", "furniture", "text", "text", "text", "text", "furniture",
    ]  # fmt: skip


def test_a_headline_of_two_names_is_not_a_byline():
    assert kinds(f"Nato Beridze\n{LEAD}")[0] == ("Nato Beridze", "headline")


def test_a_paragraph_is_known_by_article_and_place_and_its_text_by_hash():
    paragraph = article_from_text(f"Truck held\n{LEAD}", "osh-1").content[1]
    assert paragraph == Paragraph("osh-1", 11, 11 + len(LEAD), LEAD, "text")
    assert paragraph.id == f"osh-1:11-{11 + len(LEAD)}"
    assert paragraph.sha == sha256_text(LEAD)
    assert not paragraph.is_furniture


def test_the_numbers_of_the_rule_are_options():
    text = "\n".join(textwrap.fill(LEAD, 72).split("\n") * 3)
    assert len(split(text, SplitOptions(widest=60))) == len(text.split("\n"))
    assert len(split(text)) < len(text.split("\n"))


@pytest.mark.parametrize(
    "piece",
    [LEAD + " ", "a", " ", "\n", "-", ". ", "A-", "A A ", "(", "1.1.", "\u0301", "By Nino Example\n", "a\n\n", f"{LEAD}\n", "é ’ "],
    ids=repr,
)  # fmt: skip
def test_five_megabytes_of_anything_take_time_in_proportion(piece):
    def seconds(size):
        text = piece * (size // len(piece.encode())) + f"\n{LEAD}"
        start = time.process_time()
        split(text)
        return time.process_time() - start

    seconds(20_000)
    small = 50_000 if "\n" in piece else 1_250_000
    assert seconds(4 * small) < 12 * seconds(small) + 0.5
