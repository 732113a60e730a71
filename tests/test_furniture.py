"""Furniture: what is taken for it, and above all the news that only looks like it."""

from __future__ import annotations

import re
import time

import pytest

from pipeline.text.datelines import DATES, LINES, OPENINGS, agency_named, is_agency, read_date, read_line, read_opening
from pipeline.text.furniture import is_furniture, is_time_stamp, news_end
from pipeline.text.patterns import AFTER_SENTENCE, CLOSINGS, EDGES, SIGNATURES
from pipeline.text.patterns import LINES as LINE_PATTERNS

TABLES = {
    "lines": LINE_PATTERNS,
    "edges": EDGES,
    "signatures": SIGNATURES,
    "closings": CLOSINGS,
    "after": AFTER_SENTENCE,
}
EXAMPLES = [
    pytest.param(table, pattern, example, id=f"{table}: {example}")
    for table, patterns in TABLES.items()
    for pattern in patterns
    for example in pattern.examples
]


@pytest.mark.parametrize(("table", "pattern", "example"), EXAMPLES)
def test_each_pattern_matches_its_examples(table, pattern, example):
    assert re.fullmatch(pattern.regex, example) or re.fullmatch(pattern.regex, example.rstrip(" !.>"))
    if table in {"lines", "edges", "signatures"}:
        assert is_furniture(example, edge=table != "lines", signed=table == "signatures")
    else:
        news = "The men were held."
        assert news_end(f"{news} {example}") == len(news)


@pytest.mark.parametrize("line", ["* * *", "---", "***", "___", "#", "— — —", "•", "-" * 5000, "…"])
def test_a_line_without_a_letter_or_figure_is_a_separator(line):
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "15:00",
        "2016 September 28 (Wednesday) 10:34:24",
        "21 November 2018 14:20 (UTC+04:00)",
        "12.03.2014 09:15",
        "2014-03-12T09:15:00+04:00",
        "2014-03-12",
        "Published: 12 March 2014, 09:15",
        "Friday 16 July 1999, 09h30",
        "14.11.2022 | 17:26",
        "9 May 2018 06:00 BST",
        "0612 GMT, Tue 11 Jun 96",
        "March 3, 2014",
        "Updated at 3:15 p.m. EST Tuesday, Sept. 28, 2016",
    ],
)
def test_days_and_times_alone_on_a_line_are_a_time_stamp(line):
    assert is_time_stamp(line)
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line", ["2016", "14", "May", "Wednesday", "12.5", "38", "1.1." * 40, "15:00 is the time of the match"]
)
def test_a_bare_number_or_name_of_a_day_is_no_time_stamp(line):
    assert not is_time_stamp(line)


@pytest.mark.parametrize(
    ("line", "place", "date", "agency"),
    [
        ("BAKU, Azerbaijan, Oct. 15", "Baku, Azerbaijan", None, None),
        ("TASHKENT, 3 May", "Tashkent", None, None),
        ("MINSK, November 17. /TASS/.", "Minsk", None, "TASS"),
        ("HELENA, Mont., March 9, 2006", "Helena, Mont.", "2006-03-09", None),
        ("THE HAGUE, 11 December", "The Hague", None, None),
        ("PORT OF SPAIN, Trinidad, 3 May 2022", "Port of Spain, Trinidad", "2022-05-03", None),
        ("ST. PETERSBURG, 3 May", "St. Petersburg", None, None),
        ("Praia, 27 March (Inforpress)", "Praia", None, "Inforpress"),
        ("YEKATERINBURG, Russia", "Yekaterinburg, Russia", None, None),
        ("KUNGUR, Perm region", "Kungur, Perm region", None, None),
        ("Trend:", None, None, "Trend"),
        ("/TASS/", None, None, "TASS"),
        ("(Kazinform)", None, None, "Kazinform"),
    ],
)
def test_a_dateline_on_its_own_line_tells_place_day_and_agency(line, place, date, agency):
    assert is_furniture(line)
    told = read_line(line)
    assert (told.place, told.date, told.agency) == (place, date, agency)


@pytest.mark.parametrize("shape", LINES, ids=lambda shape: shape.name)
def test_each_shape_of_a_dateline_reads_its_example(shape):
    assert read_line(shape.example) is not None


@pytest.mark.parametrize("shape", OPENINGS, ids=lambda shape: shape.name)
def test_each_shape_of_an_opening_reads_its_example_and_some_only_at_the_head_of_the_story(shape):
    text = f"{shape.example}Officers held two men."
    told = read_opening(text, first=shape.first)
    assert text[told.end :] == "Officers held two men."
    if shape.first:
        assert read_opening(text, first=False) is None


@pytest.mark.parametrize(
    ("opening", "place", "date", "agency"),
    [
        ("date 2017-05-25 MINSK. KAZINFORM - ", "Minsk", "2017-05-25", "Kazinform"),
        ("MOSCOW, November 17. /TASS/. ", "Moscow", None, "TASS"),
        ("BISHKEK (24.kg) - ", "Bishkek", None, "24.kg"),
        ("BAKU, Azerbaijan, Oct. 15 (Trend) -- ", "Baku, Azerbaijan", None, "Trend"),
        ("ASTANA. KAZINFORM - ", "Astana", None, "Kazinform"),
        ("KABUL, March 2 (AFP) - ", "Kabul", None, "AFP"),
        ("Moscow. November 17. INTERFAX.RU - ", "Moscow", None, "Interfax.ru"),
        ("AKIPRESS.COM - ", None, None, "AKIpress.com"),
        ("Trend: ", None, None, "Trend"),
        ("BREST, October 14. Correspondent of BelTA. ", "Brest", None, "BelTA"),
        ("DAMASCUS, December 3. /Corr. RIA Novosti/. ", "Damascus", None, "RIA Novosti"),
        ("ISLAMABAD, Feb 9 (PPI): ", "Islamabad", None, "PPI"),
        ("HERAT CITY (Pajhwok): ", "Herat City", None, "Pajhwok"),
        ("OSINNIKI (Kemerovo Region), 23 November. ", "Osinniki, Kemerovo Region", None, None),
        ("GYUMRI, 18 April, ARMINFO. ", "Gyumri", None, "Arminfo"),
        ("YEREVAN, 15 MAY, NEWSROOM. ", "Yerevan", None, "NEWSROOM"),
        ("WINDHOEK, 6 February 2008 - ", "Windhoek", "2008-02-06", None),
        ("Tehran, Iran, June 17 / Trend, E. Tariverdi / ", "Tehran, Iran", None, "Trend"),
        ("15:00 MOSCOW, November 17. /TASS/. ", "Moscow", None, "TASS"),
    ],
)
def test_an_opening_tells_place_day_and_agency_and_ends_where_the_news_begins(opening, place, date, agency):
    told = read_opening(f"{opening}Two men were held.", first=False)
    assert (told.end, told.place, told.date, told.agency) == (len(opening), place, date, agency)


NEWS = [
    "WASHINGTON said on Tuesday that it would wait.",
    "By Monday the water had fallen",
    "By Monday, Kabul was quiet",
    "By land and sea they came to Batumi",
    "By May 2014 the camp was empty",
    "MOSCOW - a city of twelve million",
    "NATO - the alliance",
    "NATO - The alliance was founded in 1949.",
    "Read more than ten books this year, librarians ask",
    "Read: Dubai police foil attempt to smuggle 123 kg of crystal meth",
    "15:00 is the time of the match",
    "In Moscow, May 9 - The parade began.",
    "On Monday, May 9. The parade began.",
    "Trend: prices rise for a third year",
    "Question: Why did you leave?",
    "QUESTION. How many were there?",
    "HEROIN - Seizures rose by a fifth.",
    "EU, Turkey - The deal holds.",
    "A man (aged 31) - The driver - was held.",
    "Print runs of the banned newspaper doubled",
    "Share prices fell",
    "Home secretary resigns",
    "Top general killed",
    "Search for missing trawler ends",
    "Contacts with the group were broken off",
    "Comments by the minister angered Tehran",
    "Related news agencies in the region denied it.",
    "Subscribe or lose it: the post office and its last reader",
    "Follow the money, prosecutor says",
    "More in hospital after blast",
    "Tags on ears of cattle to stop rustling",
    "Source in the police: two held",
    "Source: talks to resume on Monday",
    "Photo of suspect published",
    "Copyright law reform passes parliament",
    "Copyright deputies quarrel over bill of 2012",
    "All rights groups condemn raid",
    "Quoting a source in the security services, the agency reported 12 arrests",
    "Use of drones near the border is prohibited, ministry says",
    "Reporting of hate crimes rises",
    "Written in Arabic, the leaflets called for war",
    "Staff reporters killed in Marib",
    "Reporters detained in Minsk",
    "The end of the affair",
    "Ends and means",
    "END OF THE WAR",
    "- LSD",
    "- USA",
    "-- MDMA, 40 tablets",
    "- evil-domain.ru",
    "1. Heroin",
    "Heroin: 38",
    "Heroin | 38 kg | +12",
    "Opinion | Why the border between Batken and Sughd must be marked at last",
    "POLICE SEIZE 2000 KG OF HEROIN",
    "FLOODS IN BAKU",
    "U.S. strikes kill 12",
    "Kyrgyzstan, Tajikistan sign accord",
    "Interview: The man who argues with Salafis",
    "(c) to establish a joint commission;",
    "Moscow (Russia) - The river froze.",
    "Reuters said so.",
    "Kabul",
    "3 May is the day of the press",
    "12 May attack: four face trial",
    "Two men",
    "x" * 250,
    "By Nino Example " + "and others who wrote at length " * 8,
]


@pytest.mark.parametrize("line", NEWS)
def test_news_that_looks_like_furniture_stays_news(line):
    assert not is_furniture(line)
    assert read_opening(line, first=False) is None
    assert news_end(line) == len(line.rstrip())


@pytest.mark.parametrize(
    "line",
    [
        "WASHINGTON said", "MOSCOW - a city of twelve million", "NATO - The alliance was founded in 1949.", "HEROIN - Seizures rose.",
        "U.S. - The deal holds.", "EU, Turkey - The deal holds.", "QUESTION. How many?", "Bishkek - The city sleeps.", "The police - Two men",
        "In Moscow, May 9 - The parade", "IS - The group", "15:00 is the time",
    ],
)  # fmt: skip
def test_not_even_the_first_paragraph_loses_words_that_are_no_dateline(line):
    assert read_opening(line, first=True) is None


@pytest.mark.parametrize(
    "line",
    [
        "U.S. Strikes, 12 killed",
        "NATO - Moscow talks stall",
        "FLOODS IN BAKU",
        "Ministry Refuses Visas",
        "Police: two held",
    ],
)
def test_a_headline_at_the_top_is_not_taken_for_a_credit(line):
    assert not is_furniture(line, edge=True, signed=False)


@pytest.mark.parametrize(
    ("text", "news"),
    [
        ("The men were held. —0--", "The men were held."),
        ("The men were held. -02D-", "The men were held."),
        ("The men were held. .cc", "The men were held."),
        ("The men were held.-0-", "The men were held."),
        ("The men were held. /TASS/", "The men were held."),
        ("The men were held. -- Trend", "The men were held."),
        ("The men were held. (ENDS)", "The men were held."),
        ("The men were held. ENDS.", "The men were held."),
        ("The men were held. (AFP)", "The men were held."),
        ("The men were held. (KPL/VNA) —0--", "The men were held."),
        ("The men were held. (END) JRC/mtv", "The men were held."),
        ("“They were held.” --IANS", "“They were held.”"),
        ("The men were held.\n-30-", "The men were held."),
        ("-0-", ""),
    ],
)
def test_closing_marks_lie_outside_the_news(text, news):
    assert text[: news_end(text)] == news


@pytest.mark.parametrize(
    "text",
    [
        "They visited evil.cc",
        "The site was hosted at example.kg",
        "It was the road that never ENDS",
        "He joined the United Nations (UN)",
        "The refugees came in 2021 (2022)",
        "It rose to 30.",
        "He said and/or",
        "the score was 2-0",
        "It happened at 15:00",
        "They are for sale in the U.S.",
        "He works for TASS",
        "the price of heroin -- and of hope",
        "Seizures: 12 (2010)",
        "No. 7",
        "",
    ],
)
def test_the_last_words_of_news_are_not_closing_marks(text):
    assert news_end(text) == len(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2017-05-25", "2017-05-25"),
        ("2016 September 28 (Wednesday) 10:34:24", "2016-09-28"),
        ("21 November 2018 14:20 (UTC+04:00)", "2018-11-21"),
        ("Nov. 21, 2018", "2018-11-21"),
        ("Thursday, 13th July 2006", "2006-07-13"),
        ("12.03.2014 09:15", "2014-03-12"),
        ("25/03/2014", "2014-03-25"),
        ("03/25/2014", "2014-03-25"),
        ("05/05/2014", "2014-05-05"),
        ("03/12/2014", None),
        ("Oct. 15", None),
        ("September 2001", None),
        ("31.02.2014", None),
        ("99.99.2014", None),
        ("31.02.2014, corrected 1 March 2014", "2014-03-01"),
        ("1.2.3", None),
    ],
)
def test_a_date_is_told_only_where_day_month_and_year_are_sure(text, date):
    assert read_date(text) == date


@pytest.mark.parametrize("example", DATES)
def test_each_form_of_a_date_is_named_by_its_example(example):
    assert re.search(DATES[example], example)
    assert read_date(example) is not None


def test_agencies_are_spelt_as_they_spell_themselves_and_only_known_ones_make_a_tag():
    assert agency_named("/KAZINFORM/.") == "Kazinform"
    assert agency_named("vesti.kg") == "vesti.kg"
    assert agency_named("Report") is None
    assert is_agency("-- AFP")
    assert not is_agency("vesti.kg")
    assert not is_agency("- AFP")


@pytest.mark.parametrize(
    "piece", ["A-", "A A ", "Ab ", "Ab of ", "A.", "A/", "(a", "1/1/", "1.1.", "12:00 ", "By A ", "x | ", "a - ", "© ", "May ", "a, ", "-", "A, B "]
)  # fmt: skip
def test_no_line_makes_the_patterns_run_away(piece):
    start = time.process_time()
    for line in (piece * (200 // len(piece)), piece * (190 // len(piece)) + "§"):
        is_furniture(line, edge=True, signed=True)
        read_opening(line, first=True)
        news_end(line)
    assert time.process_time() - start < 1
