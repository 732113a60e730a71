"""What the newest labels changed: which they are, no leak, harm and help where they were planted, and the verb."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.annotation.annotations import append_annotations, label_file, read_labels
from pipeline.annotation.dataset import load_dataset
from pipeline.annotation.newest import newest_rows
from pipeline.errors import LabelError
from pipeline.learning import recent as room
from pipeline.learning import summary
from pipeline.learning.recent import gain
from pipeline.text.reading import read_article
from tests.corpora import CORPUS, KEYS, LEXICON, QUICK, evaluated, invented, quiet, small, with_known
from tests.test_cli import project, refused, run  # noqa: F401  project is a fixture

TWO = "Customs officers found heroin in a truck.\n\nThe theatre opens its season on Friday.\n"


def in_may(day):
    return f"2026-05-{day:02d}T10:00:00+00:00"


@pytest.fixture
def judged(make_project, judge, tmp_path):
    """A project of four paragraphs, and a function that judges one of them and returns the project's newest rows."""
    made = make_project(tmp_path, {"a": TWO, "b": TWO})
    places = [p for name in "ab" for p in read_article(made.articles / f"{name}.txt").content]

    def add(place, at, *, annotator="gold", topics=("drugs",)):
        line = judge(places[place], topics, ("drugs", "migration"), annotator=annotator, at=at)
        append_annotations(label_file(made, annotator), [line])

    def newest(number):
        found = newest_rows(load_dataset(made), *read_labels(made), number)
        return np.flatnonzero(found.rows).tolist(), found.since[8:10], found.until[8:10]

    return add, newest


def test_the_newest_rows_are_those_whose_settling_judgement_is_the_latest(judged):
    add, newest = judged
    for place, day in enumerate((3, 9, 5, 1)):
        add(place, in_may(day))
    assert newest(1) == ([1], "09", "09")
    assert newest(2) == ([1, 2], "05", "09")
    assert newest(3) == ([0, 1, 2], "03", "09")


def test_a_paragraph_judged_again_is_as_new_as_its_newest_judgement(judged):
    add, newest = judged
    for place, day in enumerate((3, 4, 5, 6)):
        add(place, in_may(day))
    add(0, in_may(7), topics=())
    assert newest(1) == ([0], "07", "07")


def test_times_are_compared_as_moments_not_as_letters(judged):
    add, newest = judged
    add(0, "2026-05-02T01:00:00+06:00")  # the evening before in UTC
    add(1, "2026-05-01T23:00:00+00:00")
    add(2, "some day in May")
    assert newest(1)[0] == [1]
    assert newest(2)[0] == [0, 1]


def test_of_one_time_the_later_lines_are_the_newer_ones(judged):
    add, newest = judged
    for place in (2, 0, 3, 1):
        add(place, in_may(1))
    assert [newest(number)[0] for number in (1, 2, 3)] == [[1], [1, 3], [0, 1, 3]]


def test_annotators_who_agree_settle_and_those_who_differ_do_not(judged):
    add, newest = judged
    for place in (0, 1, 2):
        add(place, in_may(2 + place), annotator="anna")
    add(0, in_may(9), annotator="boris")
    add(2, in_may(9), annotator="boris", topics=("migration",))
    add(3, in_may(1))
    assert newest(1)[0] == [0]
    assert newest(2)[0] == [0, 1]  # paragraph 2 is settled for no topic, so it is no row


def test_as_many_as_there_are_cannot_be_set_apart(judged):
    add, newest = judged
    for place in range(3):
        add(place, in_may(1))
    with pytest.raises(LabelError, match="newest 3 judged paragraphs cannot be set apart: 3 are judged"):
        newest(3)


def test_rows_of_another_project_are_never_the_newest(judged, make_project, tmp_path):
    add, _ = judged
    add(0, in_may(1))
    add(3, in_may(2))
    shipped = make_project(tmp_path / "shipped", {"c": TWO}, {"gold": {"c": ["drugs", ""]}})
    own = make_project(tmp_path)
    dataset = load_dataset(own, shipped=shipped)
    assert len(dataset.paragraphs) == 4
    found = newest_rows(dataset, *read_labels(own), 2)
    assert [dataset.paragraphs[row].article_id for row in np.flatnonzero(found.rows)] == ["a", "b"]
    with pytest.raises(LabelError, match="2 are judged in this project"):
        newest_rows(dataset, *read_labels(own), 3)


def rows_of(dataset, *articles):
    return np.array([p.article_id in articles for p in dataset.paragraphs])


def test_without_recent_rows_both_are_the_evaluation_itself():
    found = gain(small(), np.zeros(len(CORPUS), dtype=bool), LEXICON, QUICK, quiet, 1)
    assert found.learnt.rows == found.without.rows == evaluated().table("paragraph").rows
    assert {(gap.value, gap.low, gap.high) for gap in found.without.difference.values()} == {(0.0, 0.0, 0.0)}
    assert (found.recent, len(found.rows), found.articles) == (0, len(CORPUS), 16)


def test_recent_rows_are_never_judged_and_never_learnt_from_without_them(monkeypatch):
    recent = np.arange(len(CORPUS)) % 4 == 1
    tasks = []

    def watched(counts, dataset, train, test, recipe, seed):
        tasks.append((set(train.tolist()), set(test.tolist())))
        return judge_fold(counts, dataset, train, test, recipe, seed)

    judge_fold = room.judge_fold
    monkeypatch.setattr(room, "judge_fold", watched)
    found = gain(small(), recent, LEXICON, QUICK, quiet, 1)
    latest, groups = set(np.flatnonzero(recent).tolist()), small().groups
    assert sorted(found.rows.tolist()) == sorted(set(range(len(CORPUS))) - latest)
    assert len(tasks) == 2 * QUICK.evaluation.folds
    for (fewer, first), (train, second) in zip(tasks[::2], tasks[1::2], strict=True):
        assert first == second
        assert not first & latest
        assert fewer == train - latest < train
        assert not {groups[row] for row in train} & {groups[row] for row in first}
    assert set().union(*(test for _, test in tasks)) == set(found.rows.tolist())


def test_each_fit_is_told_as_progress():
    told = []
    gain(small(), rows_of(small(), "a08"), LEXICON, QUICK, lambda done, whole: told.append((done, whole)), 1)
    assert told == [(done, 6) for done in range(7)]


def test_recent_labels_that_are_wrong_lower_the_figures():
    dataset = invented(400, seed=1, vocabulary=300)
    recent = np.arange(len(dataset.paragraphs)) % 2 == 0
    planted = replace(dataset, Y=np.where(recent[:, None], ~dataset.Y, dataset.Y))
    harm = gain(planted, recent, LEXICON, QUICK, quiet, 1).without.difference["macro", "average_precision"]
    help_ = gain(dataset, recent, LEXICON, QUICK, quiet, 1).without.difference["macro", "average_precision"]
    assert harm.high < 0
    assert help_.low >= 0


def test_recent_labels_of_a_topic_that_was_rare_before_raise_its_recall():
    dataset = invented(400, seed=2, vocabulary=300)
    positive = np.flatnonzero(dataset.Y[:, 0])
    recent = np.zeros(len(dataset.paragraphs), dtype=bool)
    recent[positive[np.arange(len(positive)) % 5 > 0]] = True
    found = gain(dataset, recent, LEXICON, QUICK, quiet, 1)
    change = found.without.difference[KEYS[0], "recall"]
    assert change.low > 0
    before, after = (table.figure(KEYS[0], "recall").value for table in (found.without, found.learnt))
    assert change.value == pytest.approx(after - before)


def test_figures_are_of_the_held_out_paragraphs_and_their_articles_alone():
    dataset = small()
    recent = rows_of(dataset, "a01", "a09")
    found = gain(dataset, recent, LEXICON, QUICK, quiet, 1)
    assert (found.recent, len(found.rows), found.articles) == (5, len(CORPUS) - 5, 14)
    left = dataset.Y[~recent].sum(axis=0).tolist()
    assert [row.support for row in found.learnt.rows] == [*left, sum(left), sum(left)]


def test_intervals_are_drawn_from_the_articles_judged_and_not_from_those_that_are_recent_as_a_whole(monkeypatch):
    drawn = []

    def watched(statistic, groups, **options):
        drawn.append(groups)
        return bootstrap(statistic, groups, **options)

    bootstrap = summary.bootstrap
    monkeypatch.setattr(summary, "bootstrap", watched)
    gain(small(), rows_of(small(), "a01", "a09"), LEXICON, QUICK, quiet, 1)
    (groups,) = drawn
    assert np.unique(groups).tolist() == list(range(14))


def test_a_topic_that_only_the_newest_labels_have_is_refused_by_name():
    recent = small().Y[:, 2]
    with pytest.raises(
        LabelError, match=r"topic 'floods': without the newest 8 judged paragraphs .* has no positive one"
    ):
        gain(small(), recent, LEXICON, QUICK, quiet, 1)


def test_too_few_articles_and_nothing_left_to_judge_are_refused():
    strict = replace(QUICK, evaluation=replace(QUICK.evaluation, inner_folds=6))
    recent = ~rows_of(small(), *(f"a{number:02d}" for number in range(1, 9)))
    with pytest.raises(LabelError, match="articles, at least 6 are needed, one for each inner fold; take fewer"):
        gain(small(), recent, LEXICON, strict, quiet, 1)
    with pytest.raises(LabelError, match="none is left to judge on"):
        gain(small(), np.ones(len(CORPUS), dtype=bool), LEXICON, QUICK, quiet, 1)


def test_a_topic_that_can_never_be_learnt_is_refused_as_in_training():
    known = np.ones_like(small().Y)
    known[:, 1] = False
    with pytest.raises(LabelError, match="topic 'cyber': 0 positive paragraphs"):
        gain(with_known(small(), known), rows_of(small(), "a08"), LEXICON, QUICK, quiet, 1)


def test_the_verb_prints_a_table_and_a_sentence_or_the_same_figures_as_json(project):  # noqa: F811
    printed = run("gain", "-n", "5", "-j", "1")
    assert printed.exit_code == 0, printed.stderr
    assert "| topic | positives | learnt without | learnt with | difference |" in printed.stdout
    assert printed.stdout.count("| drugs |") == 4
    assert "With the newest 5 judged paragraphs (judged at 2026-01-02T03:04:05+00:00) macro F1" in printed.stdout
    assert "cross-validation: 6 of 6 folds" in printed.stderr
    result = run("gain", "-n", "5", "-j", "1", "--json", "-o", "gain.json")
    figures = json.loads(result.stdout)
    assert (project.root / "gain.json").read_text("utf-8") == result.stdout
    assert (figures["n"], figures["paragraphs"]) == (5, len(CORPUS) - 5)
    assert figures["since"] == figures["until"] == "2026-01-02T03:04:05+00:00"
    assert [row["topic"] for row in figures["rows"]] == [*KEYS, "micro", "macro"]
    for row in figures["rows"]:
        for name in ("precision", "recall", "f1", "average_precision"):
            before, after, change = (row[side][name] for side in ("without", "with", "difference"))
            assert change["value"] == pytest.approx(after["value"] - before["value"])
            assert set(change) == {"value", "ci_low", "ci_high", "n"}


def test_the_verb_refuses_to_leave_out_all_and_leaves_an_older_file_as_it_was(project):  # noqa: F811
    (project.root / "gain.json").write_text("older", encoding="utf-8")
    said = refused("gain", "-n", len(CORPUS), "-o", "gain.json")
    assert said.startswith(f"the newest {len(CORPUS)} judged paragraphs cannot be set apart: {len(CORPUS)} are judged")
    assert (project.root / "gain.json").read_text("utf-8") == "older"
    assert run("gain", "-n", "0").exit_code == 2
