"""The runs on disk read back: in a row, by topic, their worst mistakes and their curves; what is no run is passed over."""

import json
import math
import os

import pytest

from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.intervals import Interval
from pipeline.learning.curves import precision_at_recall
from pipeline.learning.summary import FIGURES
from pipeline.reporting.attributes import as_attributes
from pipeline.reporting.figures import Kind
from pipeline.reporting.history import curves, history, mistakes, topic_rows
from pipeline.reporting.plots import draw
from pipeline.reporting.report import build_report
from pipeline.reporting.runs import find_run, write_run
from tests.corpora import KEYS, codebook, evaluated, small, trained

HEADER = "paragraph,article,start,end,repeat,fold," + ",".join(
    f"{key},{key}_score,{key}_probability,{key}_tag" for key in ("drugs", "cyber")
)
ANSWERS = (
    "a:0-9,a,0,9,0,0,1,2.0,0.9,1,0,1.0,0.75,1",  # cyber: a false alarm at 0.75
    "a:10-19,a,10,19,0,0,1,-3.0,0.05,0,,0.1,0.99,1",  # drugs: a miss at 0.05; cyber was not judged
    "b:0-9,b,0,9,0,1,0,-2.0,0.1,0,1,0.0,0.5,0",  # cyber: a miss at 0.5
    "b:0-9,b,0,9,1,1,0,5.0,1.0,1,1,3.0,0.95,1",  # drugs: a false alarm, but of the second repeat
)


def cell(value, low=None, high=None, n=7):
    return {"value": value, "ci_low": low, "ci_high": high, "n": n}


def put(runs, name, at, f1, *, ap=0.5, recipe="default", C=10.0, repeats=1, left_out=None):
    """A run with the figures that matter, its report written so many seconds after 1970."""
    macro = {each: cell(0.25) for each in FIGURES} | {"f1": cell(f1, 0.0, 1.0), "average_precision": cell(ap, 0.1, 0.9)}
    values = {
        "recipe": {"name": recipe, "estimator": {"C": C}, "evaluation": {"folds": 5, "repeats": repeats}},
        "dataset": {"paragraphs": 60, "articles": 12},
        "thresholds": {"cyber": 0.5, "drugs": 0.5},
        "left_out": left_out or {},
        "levels": {"paragraph": {"model": dict.fromkeys(("cyber", "drugs", "micro", "macro"), macro)}},
    }
    write_text(runs / name / "metrics.json", json.dumps(values))
    write_text(runs / name / "report.md", "# Report\n")
    write_text(runs / name / "out_of_fold.csv", "\n".join((HEADER, *ANSWERS)) + "\n")
    os.utime(runs / name / "report.md", (at, at))
    return runs / name


def test_runs_stand_newest_first_with_the_difference_to_the_run_before_of_the_same_recipe(tmp_path):
    put(tmp_path, "2026-01-02-default-aaaaaaaa", 100, 0.5)
    put(tmp_path, "2026-01-01-default-bbbbbbbb", 300, 0.625, repeats=3)
    put(tmp_path, "2026-01-03-words-cccccccc", 200, 0.75, recipe="words")
    put(tmp_path, "2026-01-03-default-dddddddd", 400, 0.875, C=1.0)
    found = history(tmp_path)
    assert [(run.run[-8:], run.recipe, run.f1.value, run.difference) for run in found] == [
        ("dddddddd", "default", 0.875, None),  # another C is another recipe
        ("bbbbbbbb", "default", 0.625, 0.125),  # other folds are not
        ("cccccccc", "words", 0.75, None),
        ("aaaaaaaa", "default", 0.5, None),
    ]
    assert find_run(tmp_path, None).name == found[0].run
    assert [run.folds for run in found[:2]] == ["1 x 5 folds by article", "3 x 5 folds by article"]


def test_a_run_says_when_on_what_and_how_surely_as_plain_json(tmp_path):
    put(tmp_path, "2026-01-02-default-aaaaaaaa", 86400, 0.5)
    (run,) = history(tmp_path)
    assert run.to_dict() == {
        "run": "2026-01-02-default-aaaaaaaa",
        "time": "1970-01-02T00:00:00+00:00",
        "date": "2026-01-02",
        "recipe": "default",
        "folds": "1 x 5 folds by article",
        "paragraphs": 60,
        "articles": 12,
        "difference": None,
        "f1": cell(0.5, 0.0, 1.0),
        "average_precision": cell(0.5, 0.1, 0.9),
    }


def test_runs_that_leave_out_parts_are_not_among_those_dealt_by_article(tmp_path):
    put(tmp_path, "2026-01-01-default-aaaaaaaa", 100, 0.5)
    put(tmp_path, "2026-01-02-default-bbbbbbbb", 200, 0.1, left_out={"north": {}})
    put(tmp_path, "2026-01-03-default-cccccccc", 300, 0.75)
    assert [(run.run[-8:], run.difference) for run in history(tmp_path)] == [("cccccccc", 0.25), ("aaaaaaaa", None)]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"recipe": {}}', '{"levels": {"paragraph": {"model": 3}}}', "\xff"]
)
def test_broken_and_foreign_folders_are_passed_over(tmp_path, text):
    put(tmp_path, "2026-01-01-default-aaaaaaaa", 100, 0.5)
    broken = put(tmp_path, "2026-01-02-default-bbbbbbbb", 200, 0.25)
    (broken / "metrics.json").write_bytes(text.encode("latin-1"))
    (tmp_path / "search").mkdir()
    write_text(tmp_path / "notes.txt", "mine")
    write_text(tmp_path / "2026-01-03-default-cccccccc" / "report.md", "no figures beside it")
    put(tmp_path, ".2026-01-04-default-dddddddd.xyz", 400, 0.9)
    assert [run.f1.value for run in history(tmp_path)] == [0.5]
    with pytest.raises(InputError, match=r"metrics\.json"):
        topic_rows(broken)


def test_a_figure_that_was_not_defined_stays_so(tmp_path):
    put(tmp_path, "odd", 100, None)
    put(tmp_path, "2026-01-01-default-aaaaaaaa", 200, 0.5)
    newer, odd = history(tmp_path)
    assert math.isnan(odd.f1.value)
    assert odd.date == ""
    assert odd.to_dict()["f1"]["value"] is None
    assert newer.difference is None


def test_no_runs_give_an_empty_list(tmp_path):
    assert history(tmp_path / "nowhere") == []


def test_topics_have_their_figures_with_intervals_and_support(tmp_path):
    rows = topic_rows(put(tmp_path, "run", 100, 0.5))
    assert [row.topic for row in rows] == ["cyber", "drugs", "micro", "macro"]
    assert rows[0].figures["f1"] == Interval(0.5, 0.0, 1.0)
    assert rows[0].to_dict()["average_precision"] == cell(0.5, 0.1, 0.9)
    assert rows[0].support == 7


def test_the_worst_mistakes_come_first_and_only_those_of_the_first_repeat(tmp_path):
    found = mistakes(put(tmp_path, "run", 100, 0.5), 10)
    assert [(m.paragraph, m.article, m.start, m.end, m.topic, m.label, m.probability) for m in found] == [
        ("a:10-19", "a", 10, 19, "drugs", True, 0.05),
        ("a:0-9", "a", 0, 9, "cyber", False, 0.75),
        ("b:0-9", "b", 0, 9, "cyber", True, 0.5),
    ]
    assert mistakes(tmp_path / "run", 1) == found[:1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: has other columns"),
        ("paragraph,article\n", ":1: has other columns"),
        (HEADER + "\na:0-9,a,0\n", "is no table of out-of-fold answers"),
        (HEADER + "\n" + ANSWERS[0].replace("0.9", "high") + "\n", "is no table of out-of-fold answers"),
    ],
)
def test_a_table_of_answers_that_is_none_is_refused_by_name(tmp_path, text, said):
    run = put(tmp_path, "run", 100, 0.5)
    write_text(run / "out_of_fold.csv", text)
    for read in (lambda: mistakes(run, 3), lambda: curves(run, codebook())):
        with pytest.raises(InputError, match=said):
            read()


@pytest.fixture(scope="module")
def real_run(tmp_path_factory):
    """What `evaluate` writes of the invented corpus."""
    folder = tmp_path_factory.mktemp("runs") / "2026-01-02-quick-12345678"
    write_run(folder, evaluated(), build_report(evaluated(), trained()), "", None)
    return folder


def test_what_a_run_wrote_is_what_is_read_back(real_run):
    table = evaluated().table("paragraph")
    (run,) = history(real_run.parent)
    assert (run.recipe, run.paragraphs, run.articles) == ("quick", len(small().paragraphs), 16)
    assert run.f1 == table.figure("macro", "f1")
    for row in topic_rows(real_run):
        assert row.figures == {name: table.figure(row.topic, name) for name in FIGURES}
    told = {(m.topic, m.paragraph_id, m.probability) for m in evaluated().mistakes}
    read = mistakes(real_run, 100)
    assert told <= {(m.topic, m.paragraph, m.probability) for m in read}
    misses = [abs(m.probability - m.label) for m in read]
    assert misses == sorted(misses, reverse=True)


def test_curves_are_those_of_the_out_of_fold_probabilities_and_can_be_drawn(real_run):
    panels = curves(real_run, codebook())
    assert [panel.title for panel in panels] == list(KEYS)
    answers, table = evaluated().out.systems["model"], evaluated().table("paragraph")
    for j, panel in enumerate(panels):
        (line,) = (s for s in panel.series if s.kind is Kind.LINE)
        expected = precision_at_recall(answers.score[0, :, j], small().Y[:, j])
        assert line.y == pytest.approx(expected.tolist())
        (point,) = (s for s in panel.series if s.kind is Kind.POINTS)
        own = [table.figure(panel.title, name).value for name in ("recall", "precision")]
        assert [point.x[0], point.y[0]] == own
        assert (panel.tone, panel.letter) == (j, str(j))
        assert draw(panel, f"curve{j}").startswith("<svg")


def test_a_topic_the_codebook_lost_is_drawn_without_a_letter_and_one_never_judged_not_at_all(tmp_path):
    run = put(tmp_path, "run", 100, 0.5)
    panels = curves(run, codebook(("drugs",)))
    assert [(panel.title, panel.letter) for panel in panels] == [("drugs", "0"), ("cyber", "")]
    unjudged = [line.replace(",1,0.0,", ",,0.0,").replace(",1,3.0,", ",,3.0,") for line in ANSWERS]
    write_text(run / "out_of_fold.csv", "\n".join((HEADER, *unjudged)) + "\n")
    assert [panel.title for panel in curves(run, codebook())] == ["drugs"]


def test_a_drawing_for_a_strict_page_has_the_same_looks_and_no_style(real_run):
    svg = draw(curves(real_run, codebook())[0], "x")
    strict = as_attributes(svg)
    assert "style=" in svg
    assert "style" not in strict
    assert strict.count("var(--") == svg.count("var(--")
    assert 'stroke-dasharray="' in strict
