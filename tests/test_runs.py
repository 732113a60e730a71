"""A run on disk and its figures: metrics.json, the table of out-of-fold scores, and the model's card."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from pipeline.intervals import Interval
from pipeline.learning.model import Model
from pipeline.learning.outside import read_outside
from pipeline.learning.outside_evaluation import OutsideResult, evaluate_outside
from pipeline.learning.summary import FIGURES, LEVELS, article_judgements
from pipeline.learning.training import evaluate, fit
from pipeline.reporting.card import model_card
from pipeline.reporting.report import build_report
from pipeline.reporting.runs import figure, metrics, out_of_fold, outside_metrics, run_name, write_run
from tests.corpora import KEYS, LEXICON, QUICK, evaluated, gappy, quiet, trained

SYSTEMS = {"model", "all-negative", "prior", "keyword rules"}


@pytest.fixture(scope="module")
def with_gaps():
    """An evaluation of the corpus with a third of its judgements missing."""
    return evaluate(gappy(), LEXICON, QUICK, quiet, jobs=1)


def test_metrics_have_the_keys_promised_and_are_plain_json():
    found = metrics(evaluated())
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert {"recipe", "dataset", "fold_imbalance", "thresholds", "infeasible", "levels"} <= set(found)
    assert set(found["levels"]) == set(LEVELS)
    for level in LEVELS:
        assert set(found["levels"][level]) == SYSTEMS
        for system, cells in found["levels"][level].items():
            assert {*KEYS, "micro", "macro", "exact_match", "hamming_loss"} <= set(cells)
            assert set(cells["macro"]) == set(FIGURES)
            assert ("model_minus_this" in cells) == (system != "model")
    f1 = found["levels"]["paragraph"]["model"]["macro"]["f1"]
    assert set(f1) == {"value", "ci_low", "ci_high", "n"}
    assert f1["ci_low"] <= f1["value"] <= f1["ci_high"]
    assert f1["value"] == evaluated().table("paragraph").figure("macro", "f1").value


def test_a_figure_that_is_not_defined_is_null_in_json():
    nan = math.nan
    assert figure(Interval(nan, nan, nan), 0) == {"value": None, "ci_low": None, "ci_high": None, "n": 0}
    assert figure(Interval(0.5, 0.25, 0.75), 4) == {"value": 0.5, "ci_low": 0.25, "ci_high": 0.75, "n": 4}


def test_every_figure_says_how_much_it_was_counted_on_and_a_missing_judgement_is_not(with_gaps):
    dataset, found = with_gaps.dataset, metrics(with_gaps)["levels"]
    assert not dataset.known.all()
    Y, known = article_judgements(dataset)
    for level, judged, positive in (("paragraph", dataset.known, dataset.Y & dataset.known), ("article", known, Y)):
        for cells in found[level].values():
            assert cells["exact_match"]["n"] == judged.any(axis=1).sum()
            assert cells["hamming_loss"]["n"] == judged.sum() < judged.size
            assert [cells[key]["f1"]["n"] for key in KEYS] == (positive & judged).sum(axis=0).tolist()
        for topic in (*KEYS, "micro", "macro"):
            difference = found[level]["prior"]["model_minus_this"][topic]["f1"]
            assert difference["n"] == found[level]["model"][topic]["f1"]["n"] > 0


def test_out_of_fold_scores_are_a_row_a_paragraph_and_leave_missing_judgements_empty(with_gaps):
    dataset, frame = with_gaps.dataset, out_of_fold(with_gaps)
    assert frame["paragraph"].tolist() == [p.id for p in dataset.paragraphs]
    assert frame.columns.is_unique
    for j, key in enumerate(KEYS):
        wanted = np.where(dataset.known[:, j], np.where(dataset.Y[:, j], "1", "0"), "")
        assert frame[key].tolist() == wanted.tolist()
        assert "" in set(frame[key])
        assert np.array_equal(frame[f"{key}_score"], with_gaps.out.S[0, :, j])
        assert set(frame[f"{key}_tag"]) == {0, 1}
        assert frame[f"{key}_probability"].between(0, 1).all()
    assert frame.groupby("article")["fold"].nunique().eq(1).all()


def test_a_missing_judgement_is_nobodys_mistake_in_the_report(with_gaps):
    where = {p.id: i for i, p in enumerate(with_gaps.dataset.paragraphs)}
    assert with_gaps.mistakes
    for mistake in with_gaps.mistakes:
        assert with_gaps.dataset.known[where[mistake.paragraph_id], KEYS.index(mistake.topic)]
    data = next(s for s in build_report(with_gaps, trained()) if s.heading == "Data")
    judged = with_gaps.dataset.known.sum(axis=0).tolist()
    assert [row[2] for row in data.grids[0].rows] == [str(number) for number in judged]


def test_a_run_is_named_by_date_recipe_and_contents_and_written_whole(tmp_path):
    name = run_name(evaluated(), "2026-01-02", kept=False)
    assert re.fullmatch(r"2026-01-02-quick-[0-9a-f]{8}", name)
    other = replace(evaluated(), recipe=replace(QUICK, seed=1))
    assert run_name(other, "2026-01-02", kept=False) != name
    assert run_name(evaluated(), "2026-01-02", kept=True) != name
    outside = [(OutsideResult("news.jsonl", (), {}, (), print_),) for print_ in ("a", "b")]
    assert len({run_name(evaluated(), "2026-01-02", kept=False, outside=result) for result in outside} | {name}) == 3
    report = build_report(evaluated(), trained())
    folder = tmp_path / name
    write_run(folder, evaluated(), report, "<!doctype html>", None)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(first) == {"recipe.toml", "metrics.json", "report.md", "report.html", "out_of_fold.csv"}
    write_run(folder, evaluated(), report, "<!doctype html>", None)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_card_has_figures_and_neither_date_nor_path():
    card = model_card(trained(), evaluated())
    assert isinstance(trained(), Model)
    assert not re.search(r"\b(19|20)\d\d-\d\d|/(home|tmp|root|Users)/|experiments/", card)
    assert card == model_card(fit(evaluated(), LEXICON, "1.2.3"), evaluated())
    assert trained().sha256 in card
    macro = evaluated().table("paragraph").figure("macro", "f1")
    assert f"{macro.value:.3f} [{macro.low:.2f}, {macro.high:.2f}]" in card
    for key in KEYS:
        assert f"- **{key}** ({key.title()}): About {key}." in card


def test_figures_on_outside_text_count_known_cells_only(tmp_path):
    rows = [
        {"text": "Heroin was found in a truck.", "topics": ["drugs"], "known": ["drugs"], "group": "1"},
        {"text": "The theatre opens on Friday.", "topics": [], "known": ["drugs", "cyber"], "group": "2"},
    ]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    figures = outside_metrics(evaluate_outside(trained(), read_outside(tmp_path / "news.jsonl", KEYS)))
    counts = {f["topic"]: (f["positives"], f["negatives"]) for f in figures}
    assert counts["drugs"] == (1, 1)
    assert counts["cyber"] == (0, 1)
    cyber = next(f for f in figures if f["topic"] == "cyber")
    assert cyber["recall"]["value"] is None
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
