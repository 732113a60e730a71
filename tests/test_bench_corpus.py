"""The bench's corpus builder and its table, without running the bench."""

from __future__ import annotations

import itertools

import pytest

from pipeline.files import canonical_json
from pipeline.learning.analyser import words
from tests.bench import corpus
from tests.bench.table import table, to_dict
from tests.bench.timing import Figure, Times
from tests.corpora import KEYS, small

MACHINE = {"cpu": "Some Processor", "cores": 2, "python": "3.11.7", "packages": {"numpy": "2.2.6"}}
SIZES = {"trained": 240_000, "asked": 20_000, "words": 50_000, "pairs": 310_000}


@pytest.fixture(scope="module")
def source():
    return corpus.source_of(small())


def test_the_same_seed_gives_the_same_paragraphs_and_another_seed_others(source):
    first, again, other = (list(corpus.paragraphs(source, 30, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_longer_run_begins_with_the_paragraphs_of_a_shorter_one(source):
    assert list(itertools.islice(corpus.paragraphs(source, 10**9, 5), 20)) == list(corpus.paragraphs(source, 20, 5))


def test_paragraphs_are_about_sixty_words_long(source):
    lengths = [len(text.split()) for text, _ in corpus.paragraphs(source, 200, 1)]
    assert min(lengths) >= 45
    assert max(lengths) <= 75 + 17
    assert 55 <= sum(lengths) / len(lengths) <= 75


def test_about_six_in_a_hundred_words_are_invented(source):
    own = {word for pool in source.pools.values() for taken in pool for word in taken}
    made = [word for text, _ in corpus.paragraphs(source, 500, 1) for word in text.split()]
    assert 0.05 < sum(word not in own for word in made) / len(made) < 0.07


def test_the_vocabulary_goes_on_growing(source):
    texts, _ = corpus.lists(source, 2000, 1)
    seen = [len({word for text in texts[:number] for word in words(text)}) for number in (500, 1000, 2000)]
    assert seen[0] < seen[1] < seen[2]


def test_a_paragraph_has_the_topics_of_its_fragments_and_at_most_two(source):
    texts, Y = corpus.lists(source, 300, 1)
    assert Y.sum(axis=1).max() <= 2
    assert (Y.sum(axis=1) == 0).any()
    floods = KEYS.index("floods")
    for text, row in zip(texts, Y, strict=True):
        assert row[floods] or "river rose" not in text


def test_articles_hold_the_paragraphs_asked_for(source):
    made = list(corpus.articles(source, 19, 1, length=8))
    assert [text.count("\n\n") + 1 for _, text in made] == [8, 8, 3]
    assert len({key for key, _ in made}) == 3


def test_every_number_has_a_name_of_its_own():
    assert len({corpus.invented_name(number) for number in range(60_000)}) == 60_000


def test_random_texts_look_for_trouble_and_can_be_stored(source):
    texts = list(corpus.random_texts(["heroin", "river"], 400, 1))
    whole = "".join(texts)
    assert whole.encode("utf-8")
    assert {"\u0130", "\u03a3", "\x00", "\u00a0", "\u0301"} <= set(whole)
    assert any(character > "\uffff" for character in whole)
    assert max(len(word) for text in texts for word in words(text)) > 100
    assert any("heroin" in text.lower() for text in texts)


def made(*figures):
    return to_dict(figures, MACHINE, SIZES, quick=False)


def row(text, what):
    return next(line for line in text.splitlines() if line.startswith(f"| {what}"))


def test_the_table_says_what_was_measured_and_whether_the_goal_was_met():
    text = table(
        made(
            Figure("scoring", "pairs", 47.123, "x", 44.0, 49.2, 45.0),
            Figure("cold", "start", 0.15, "share", goal=0.14, most=True),
        )
    )
    assert "| 47.1x | 44.0x to 49.2x | at least 45.0x | met |" in row(text, "pairs")
    assert "| 0.15 | at most 0.14 | missed |" in row(text, "start")
    assert "Some Processor, 2 cores; Python 3.11.7, numpy 2.2.6." in text
    assert "310,000 pairs" in text
    assert not text.startswith("#")


def test_two_threads_count_as_not_measured_where_arithmetic_alone_had_no_second_core():
    bench = made(
        Figure("threads", "busy", 1.01, low=0.9, high=1.1, goal=1.85, control=1.03),
        Figure("threads", "free", 1.87, low=1.8, high=1.9, goal=1.85, control=1.97),
    )
    busy, free = bench["figures"]
    assert (busy["value"], busy["low"], busy["high"], busy["control"]) == (None, None, None, 1.03)
    assert free["value"] == 1.87
    assert "not measured (control 1.03)" in row(table(bench), "busy")
    assert "| 1.87x | 1.80x to 1.90x | 1.97 | at least 1.85x | met |" in row(table(bench), "free")


def test_a_system_that_is_not_installed_stands_in_the_table():
    bench = made(Figure("systems", "against fastText", None, goal=10.0, note="not installed"))
    assert "| not installed | at least 10.0x |" in row(table(bench), "against fastText")


def test_what_is_kept_is_rounded_and_the_table_can_be_made_of_it_again():
    bench = made(Figure("parity", "greatest", 1.23456e-7, "difference", goal=1e-6, most=True))
    assert '"value":1.23e-07' in canonical_json(bench)
    assert "| 1.2e-07 | at most 1.0e-06 | met |" in row(table(bench), "greatest")


def test_a_quick_run_says_so():
    assert "Quick run" in table(to_dict([], MACHINE, SIZES, quick=True))
    assert "Quick run" not in table(made())


def test_a_ratio_is_taken_within_each_round():
    times = Times({"slow": [10.0, 20.0, 90.0], "fast": [1.0, 1.0, 3.0]})
    assert times.ratio("slow", "fast") == (20.0, 10.0, 30.0)
