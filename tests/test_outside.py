"""Outside: known cells only, groups whole, mistakes with file and line."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from pipeline.errors import InputError
from pipeline.learning.baselines import count_terms
from pipeline.learning.calibration import calibration_error
from pipeline.learning.outside import read_outside
from pipeline.learning.outside_evaluation import evaluate_outside, outside_mistakes
from tests.corpora import KEYS, LEXICON, small, trained


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def line(text, topics=(), known=KEYS, **more):
    return {"text": text, "topics": list(topics), "known": list(known), **more}


ROWS = [
    line("Heroin and cocaine were seized.", ["drugs"], group="x"),
    line("The river flooded the road.", ["floods"], ["floods", "drugs"], group="x"),
    line("Hackers spread malware.", ["cyber"], ["cyber"], group="y"),
    line("A new season.", [], ["drugs", "locusts"]),
    line("The theatre opens.", [], ["drugs"], group=None),
    line("Opium was found in the port.", [], ["cyber"], group=4),
]


@pytest.fixture
def outside(tmp_path):
    return read_outside(write(tmp_path / "news.jsonl", ROWS), KEYS)


def test_rows_are_read_with_what_is_known_of_them(outside):
    assert outside.name == "news.jsonl"
    assert outside.texts[0] == "Heroin and cocaine were seized."
    assert outside.Y.astype(int).tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert outside.known.astype(int).sum(axis=0).tolist() == [4, 3, 2]
    assert outside.ignored == ("locusts",)


def test_rows_of_a_group_stay_together_and_a_row_without_one_stands_alone(outside):
    assert outside.groups.tolist() == [0, 0, 1, 2, 3, 4]


def test_other_rows_or_judgements_give_another_fingerprint(tmp_path, outside):
    same = read_outside(write(tmp_path / "other.jsonl", ROWS), KEYS)
    judged = read_outside(write(tmp_path / "news.jsonl", [*ROWS[:-1], line(ROWS[-1]["text"], [], ["drugs"])]), KEYS)
    assert outside.fingerprint == same.fingerprint != judged.fingerprint
    assert evaluate_outside(trained(), outside, rounds=100).fingerprint == outside.fingerprint


def test_figures_count_known_cells_only(outside):
    rows = {row.topic: row for row in evaluate_outside(trained(), outside, rounds=100).rows}
    T = trained().decide(outside.texts)
    assert T[:, 0].tolist() == [True, False, False, False, False, True]
    drugs, cyber, floods = (rows[key] for key in KEYS)
    assert (drugs.positives, drugs.negatives, drugs.recall.value, drugs.false_alarms.value) == (1, 3, 1.0, 0.0)
    assert (cyber.positives, cyber.negatives, floods.positives, floods.negatives) == (1, 2, 1, 1)
    assert {row.file for row in rows.values()} == {"news.jsonl"}


def test_what_stands_in_cells_that_are_not_known_changes_nothing(outside):
    flipped = replace(outside, Y=outside.Y ^ ~outside.known)
    one, two = (evaluate_outside(trained(), text, rounds=100) for text in (outside, flipped))
    assert repr(one) == repr(two)


def test_figures_are_those_of_scikit_learn_at_the_models_own_thresholds(tmp_path):
    dataset = small()
    rows = [
        line(text, [k for k, has in zip(KEYS, y, strict=True) if has], group=p.article_id)
        for text, y, p in zip(dataset.texts, dataset.Y, dataset.paragraphs, strict=True)
    ]
    model = replace(trained(), thresholds=np.array([0.9, 0.5, 0.01]))
    P = model.probabilities(dataset.texts)
    found = evaluate_outside(model, read_outside(write(tmp_path / "a.jsonl", rows), KEYS), rounds=100).rows
    *found, macro = found
    assert macro.topic == "macro"
    assert macro.f1.value == pytest.approx(np.mean([row.f1.value for row in found]))
    assert macro.average_precision.value == pytest.approx(np.mean([row.average_precision.value for row in found]))
    for j, row in enumerate(found):
        y, tags = dataset.Y[:, j], P[:, j] >= model.thresholds[j]
        assert row.f1.value == pytest.approx(f1_score(y, tags))
        assert row.recall.value == pytest.approx(tags[y].mean())
        assert row.false_alarms.value == pytest.approx(1000 * tags[~y].mean())
        assert row.average_precision.value == pytest.approx(average_precision_score(y, P[:, j]))
    assert found[2].false_alarms.value > 0


def test_intervals_draw_groups(tmp_path):
    texts = ["Heroin was seized.", "A new season."] * 10
    rows = [line(text, ["drugs"]) for text in texts]
    alone = read_outside(write(tmp_path / "a.jsonl", rows), KEYS)
    together = read_outside(write(tmp_path / "b.jsonl", [{**row, "group": 1} for row in rows]), KEYS)
    (one, *_), (two, *_) = (evaluate_outside(trained(), text, rounds=200).rows for text in (alone, together))
    assert one.recall.low < one.recall.value == 0.5 < one.recall.high
    assert two.recall.value == 0.5
    assert math.isnan(two.recall.low)


def test_a_figure_without_its_cells_is_not_defined_and_a_topic_without_any_has_no_row(tmp_path):
    rows = [line("Heroin was seized.", ["drugs"], ["drugs"]), line("A season.", [], ["cyber"])]
    found = evaluate_outside(trained(), read_outside(write(tmp_path / "a.jsonl", rows), KEYS), rounds=100).rows
    assert [row.topic for row in found] == ["drugs", "cyber"]
    drugs, cyber = found
    assert drugs.recall.value == 1
    assert math.isnan(drugs.false_alarms.value)
    assert math.isnan(drugs.average_precision.value)
    assert math.isnan(drugs.calibration_error.value)
    assert math.isnan(cyber.recall.value)
    assert cyber.false_alarms.value == 0


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            {"topics": [], "known": []},
            r"a\.jsonl:2: 'text' is missing or not a string; each line needs text, topics and known$",
        ),
        ({"text": 3, "topics": [], "known": []}, r"a\.jsonl:2: 'text' is missing or not a string"),
        ({"text": "x", "known": []}, r"a\.jsonl:2: 'topics' is missing or not a list of topic keys"),
        ({"text": "x", "topics": "drugs", "known": []}, r"a\.jsonl:2: 'topics' is missing or not a list"),
        ({"text": "x", "topics": []}, r"a\.jsonl:2: 'known' is missing or not a list"),
        ({"text": "x", "topics": [], "known": [1]}, r"a\.jsonl:2: 'known' is missing or not a list"),
        (
            {"text": "x", "topics": ["drugs"], "known": ["cyber"]},
            r"a\.jsonl:2: topics \['drugs'\] are not in 'known'; add them",
        ),
    ],
)
def test_a_mistake_in_a_line_is_named(tmp_path, bad, message):
    with pytest.raises(InputError, match=message):
        read_outside(write(tmp_path / "a.jsonl", [line("fine"), bad]), KEYS)


def test_a_file_that_judges_none_of_the_models_topics_is_refused(tmp_path):
    path = write(tmp_path / "a.jsonl", [line("x", ["Drugs"], ["Drugs"])])
    with pytest.raises(
        InputError, match=r"a\.jsonl: no line has a topic of the model in 'known'; .*: drugs, cyber, floods$"
    ):
        read_outside(path, KEYS)


def test_an_empty_file_and_broken_json_are_refused(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("\n")
    with pytest.raises(InputError, match=r"a\.jsonl: is empty; one JSON object a line is needed"):
        read_outside(path, KEYS)
    path.write_text('{"text":\n{}\n')
    with pytest.raises(InputError, match=r"a\.jsonl:1: is not JSON; mend or delete the line"):
        read_outside(path, KEYS)


def test_halves_share_out_the_groups_and_never_split_one(tmp_path):
    rows = [line("Heroin was seized.", ["drugs"], group=f"day {i // 2}") for i in range(60)]
    path = write(tmp_path / "a.jsonl", rows)
    sizes = {half: len(read_outside(path, KEYS, half).texts) for half in ("choose", "report", "all")}
    assert sizes["choose"] + sizes["report"] == sizes["all"] == 60
    assert sizes["choose"] % 2 == 0
    assert 20 < sizes["choose"] < 40
    assert read_outside(path, KEYS, "report").name == "a.jsonl (report half)"


def test_a_half_without_rows_is_told_apart_from_an_empty_file(tmp_path):
    path = write(tmp_path / "a.jsonl", [line("Heroin was seized.", ["drugs"], group="2025-01-01")])
    assert read_outside(path, KEYS, "choose").texts
    with pytest.raises(InputError, match=r"a\.jsonl: all rows \(1\) are in the other half than 'report'; take --half"):
        read_outside(path, KEYS, "report")


def test_mistakes_are_told_of_every_topic_and_only_where_known(tmp_path):
    rows = [
        line("Heroin was seized by hackers.", [], ["drugs"]),
        line("A season opens.", ["drugs"], ["drugs"]),
        line("Malware and heroin.", [], []),
        line("Another season opens.", ["cyber"], ["cyber"]),
    ]
    found = outside_mistakes(trained(), read_outside(write(tmp_path / "a.jsonl", rows), KEYS), 10)
    assert [(m.topic, m.kind, m.text) for m in found] == [
        ("drugs", "false alarm", "Heroin was seized by hackers."),
        ("drugs", "miss", "A season opens."),
        ("cyber", "miss", "Another season opens."),
    ]
    assert len(outside_mistakes(trained(), read_outside(tmp_path / "a.jsonl", KEYS), 1)) == 1


def test_the_keyword_rules_are_compared_on_the_same_rows_and_calibration_is_told(tmp_path):
    rows = [
        line("Heroin was seized.", ["drugs"], ["drugs"]),
        line("Pills were seized.", ["drugs"], ["drugs"]),
        line("Opium in a play.", [], ["drugs"]),
        line("A season opens.", [], ["drugs"]),
    ]
    model = trained()
    text = read_outside(write(tmp_path / "a.jsonl", rows), KEYS)
    result = evaluate_outside(model, text, rounds=100)
    [row] = result.rows
    y, p = text.Y[:, 0], model.probabilities(text.texts)[:, 0]
    hits = count_terms(list(text.texts), LEXICON, KEYS)[:, 0]
    assert hits.tolist() == [1, 0, 1, 0]
    assert row.ap_ahead.value == pytest.approx(average_precision_score(y, p) - average_precision_score(y, hits))
    assert row.f1_ahead.value == pytest.approx(row.f1.value - f1_score(y, hits > 0))
    assert row.calibration_error.value == pytest.approx(calibration_error(p, y)[0])
    assert sum(point.rows for point in result.bins["drugs"]) == 4
