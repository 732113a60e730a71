"""Leaving out whole parts of the corpus: each value of a column of data/articles.csv in turn."""

import json

import numpy as np
import pytest

from pipeline.annotation.corpus import article_values
from pipeline.errors import InputError, LabelError
from pipeline.files import write_text
from pipeline.learning.folds import split_by
from pipeline.learning.training import evaluate
from pipeline.reporting.honesty import exceptions
from tests.corpora import LEXICON, QUICK, quiet, small
from tests.test_cli import project, refused, run  # noqa: F401  project is a fixture

REGION = {f"a{i:02d}": "north" if i % 2 else "south" for i in range(1, 16)}


def halves():
    dataset = small()
    return dataset, split_by("region", REGION, dataset.articles, dataset.groups)


def test_each_part_is_answered_by_models_that_saw_nothing_of_it():
    dataset, split = halves()
    assert split.values == ("(none)", "north", "south")
    found = evaluate(dataset, LEXICON, QUICK, quiet, jobs=1, split=split)
    assert np.array_equal(found.out.fold[0], split.fold)
    assert [tables[0].level for tables in found.parts] == list(split.values)
    changed = split_by("region", {**REGION, "a01": "south"}, dataset.articles, dataset.groups)
    again = evaluate(dataset, LEXICON, QUICK, quiet, jobs=1, split=changed)
    other = np.flatnonzero(split.fold == 0)
    assert np.array_equal(found.out.S[0, other], again.out.S[0, other])


def test_a_parts_figures_are_those_of_its_rows():
    dataset, split = halves()
    found = evaluate(dataset, LEXICON, QUICK, quiet, jobs=1, split=split)
    for f, tables in enumerate(found.parts):
        assert tables[0].rows[-1].support == int(dataset.Y[split.fold == f].sum())
        tags, Y = found.out.systems["model"].tags[0, split.fold == f], dataset.Y[split.fold == f]
        right = float((tags == Y).all(axis=1).mean())
        assert tables[0].exact_match.value == pytest.approx(right)


def test_a_column_with_one_value_is_refused():
    dataset = small()
    with pytest.raises(LabelError, match=r"column 'region': all labelled articles have one value \(north\)"):
        split_by("region", dict.fromkeys(REGION, "north") | {"a16": "north"}, dataset.articles, dataset.groups)


def test_values_come_from_the_table_and_a_missing_column_is_named(make_project, tmp_path):
    made = make_project(tmp_path, {})
    write_text(made.article_table, "id,region\na1,north\na2,\n")
    assert article_values(made, "region") == {"a1": "north", "a2": ""}
    with pytest.raises(InputError, match=r"has no columns 'id' and 'genre'; its columns are: id, region"):
        article_values(made, "genre")


def test_dates_are_split_by_year_and_sources_as_they_are(make_project, tmp_path):
    made = make_project(tmp_path, {})
    write_text(made.article_table, "id,date,source\na1,2024-05-01,Kabar\na2,2024-11-30,BelTA\na3,2026,\n")
    assert article_values(made, "date") == {"a1": "2024", "a2": "2024", "a3": "2026"}
    assert article_values(made, "source") == {"a1": "Kabar", "a2": "BelTA", "a3": ""}


def test_a_date_without_its_year_in_front_is_refused_by_line(make_project, tmp_path):
    made = make_project(tmp_path, {})
    write_text(made.article_table, "id,date\na1,2024-05-01\na2, \na3,01/05/2024\n")
    with pytest.raises(
        InputError, match=r"articles\.csv:4: date '01/05/2024' does not begin with its year; write 2024-"
    ):
        article_values(made, "date")
    write_text(made.article_table, "id,date\na1,2024-05-01\na2, \na3 , 2025\n")
    assert article_values(made, "date") == {"a1": "2024", "a2": "", "a3": "2025"}


def test_a_part_of_one_article_casts_no_verdict():
    dataset = small()
    split = split_by("id", {a: a for a in dataset.articles}, dataset.articles, dataset.groups)
    found = evaluate(dataset, LEXICON, QUICK, quiet, jobs=1, split=split)
    worst = min(tables[-1].difference["macro", "f1"].value for tables in found.parts)
    assert worst < 0
    assert (
        exceptions(found, ()) == "Too little is judged to compare the model with the keyword rules on any id left out."
    )


def test_the_command_leaves_out_a_column(project):  # noqa: F811
    write_text(project.article_table, "id,region\n" + "".join(f"{a},{r}\n" for a, r in REGION.items()))
    result = run("evaluate", "-j", "1", "--split", "region")
    assert result.exit_code == 0, result.stderr
    assert "By region left out" in result.stdout
    figures = json.loads(run("evaluate", "-j", "1", "--split", "region", "--json").stdout)
    assert set(figures["left_out"]) == {"(none)", "north", "south"}
    assert "has no columns" in refused("evaluate", "--split", "genre")
