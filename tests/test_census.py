"""Counting a corpus: topics, breadth, repetition, targets."""

import pytest

from pipeline.annotation.census import take_census
from pipeline.errors import InputError
from pipeline.files import write_text

LONG = (
    "Police in the northern district said on Monday that the market had been closed after the inspection of its stalls."
)
ARTICLES = {
    "a1": f"Heroin was found in the old mill.\n\n{LONG}\n",
    "a2": f"Drugs and migrants were found in the old mill again.\n\n{LONG}\n",
    "a3": "A drug for asthma was approved.\n\nSpring came early.\n",
}
LABELS = {"gold": {"a1": ["drugs", ""], "a2": ["drugs migration", ""], "a3": ["", ""]}}
TARGETS = """[least]
articles = 3
positives = 2
without_obvious_word = 0.5
cis = 0.5
[most]
near_duplicate = 0.4
[obvious]
drugs = ["drug"]
[regions]
cis = ["Moldova"]
"""


def corpus(make_project, tmp_path, targets=TARGETS):
    project = make_project(tmp_path, ARTICLES, LABELS)
    write_text(project.article_table, "id,region\na1,Moldova\na2,Africa\na3,Moldova\n")
    if targets:
        write_text(project.targets, targets)
    return take_census(project)


def test_paragraphs_topics_and_combinations_are_counted(make_project, tmp_path):
    census = corpus(make_project, tmp_path)
    assert census.counts == {"articles": 3, "paragraphs": 6, "none": 4, "hard": 0, "multi": 1}
    assert census.positives == {"drugs": 2, "migration": 1}
    assert census.obvious_free == {"drugs": 1}
    assert census.combinations == {"drugs + migration": 1}
    assert census.axes == {"region": {"Moldova": (2, 4), "Africa": (1, 2)}}


def test_targets_say_what_is_met(make_project, tmp_path):
    met = {target.name: target.is_met for target in corpus(make_project, tmp_path).targets}
    assert met == {
        "articles": True,
        "positives of drugs": True,
        "positives of migration": False,
        "drugs without its obvious word": True,
        "share of articles: cis": True,
        "nearest pair of paragraphs": False,
    }


def test_repetition_between_articles_is_shown(make_project, tmp_path):
    census = corpus(make_project, tmp_path)
    assert census.nearest[0][0] == 1.0
    assert {"a1", "a2"} == {name.split()[1].rstrip(",") for name in census.nearest[0][1:]}
    assert ("been closed after the inspection of", 2) in census.six_grams
    assert ("Police in the", 2) in census.openings


def test_vocabulary_growth_ends_with_all_tokens(make_project, tmp_path):
    tokens, types = corpus(make_project, tmp_path).growth[-1]
    assert tokens == sum(len(text.replace(".", "").split()) for text in ARTICLES.values())
    assert types < tokens


def test_a_corpus_without_targets_is_counted_all_the_same(make_project, tmp_path):
    assert corpus(make_project, tmp_path, targets=None).targets == ()


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ("[least]\nparagraph = 3\n", r"targets\.toml: least: unknown key 'paragraph'; known are: articles, paragraphs"),
        ("[goals]\nparagraphs = 3\n", r"unknown key 'goals'"),
        ('[least]\nparagraphs = "many"\n', r"least\.paragraphs: is 'many'; must be a number"),
        ("least = 3\n", r"least: is 3; must be a table \[least\]"),
        ('[obvious]\ndrugs = "drug"\n', r"obvious\.drugs: is 'drug'; must be a list of texts"),
    ],
)
def test_a_target_nobody_counts_or_of_the_wrong_form_is_refused_by_name(make_project, tmp_path, targets, message):
    with pytest.raises(InputError, match=message):
        corpus(make_project, tmp_path, targets)


def test_a_row_of_the_article_table_that_is_too_short_is_left_out_of_its_axes(make_project, tmp_path):
    project = make_project(tmp_path, ARTICLES, LABELS)
    write_text(project.article_table, "id,region\na1,Moldova\na2\n")
    assert take_census(project).axes == {"region": {"Moldova": (1, 2)}}
