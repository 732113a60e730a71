"""Doubtful labels: planted slips are found, and the sheet of them comes back as judgements."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from pipeline.annotation.annotations import GOLD, label_file, read_annotations
from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.doubtful import doubtful
from pipeline.learning.evaluation import MODEL, cross_validate
from pipeline.tagging.worklist import doubts_sheet
from tests.corpora import QUICK, invented, quiet, with_known
from tests.test_cli import project, refused, run  # noqa: F401  a fixture

SLIPS = 12


@pytest.fixture(scope="module")
def planted():
    """A corpus with some labels turned round, which ones, and the doubts about it."""
    honest = invented(400)
    generator = np.random.default_rng(1)
    cells = [(int(generator.integers(400)), int(generator.integers(3))) for _ in range(SLIPS)]
    Y = honest.Y.copy()
    Y[tuple(zip(*cells, strict=True))] ^= True
    dataset = replace(honest, Y=Y)
    P = cross_validate(dataset, Lexicon({}), QUICK, quiet, 1).systems[MODEL].score[0]
    return dataset, set(cells), doubtful(dataset, P)


def place(dataset, doubt):
    return dataset.paragraphs.index(doubt.paragraph), dataset.codebook.keys.index(doubt.topic)


def test_planted_slips_are_among_the_first_doubts(planted):
    dataset, cells, doubts = planted
    first = {place(dataset, doubt) for doubt in doubts[: 2 * SLIPS]}
    assert len(cells & first) >= 5  # drawn by chance there would be fewer than one: 24 of 1,200 labels are looked at


def test_doubts_come_with_the_most_surprising_first_and_say_label_and_place(planted):
    dataset, _, doubts = planted
    surprise = [doubt.surprise for doubt in doubts]
    assert surprise == sorted(surprise, reverse=True)
    for doubt in doubts:
        i, j = place(dataset, doubt)
        assert doubt.label == dataset.Y[i, j]
        assert doubt.where == dataset.where[i]


def test_what_nobody_judged_is_never_doubted(planted):
    dataset, _, doubts = planted
    i, j = place(dataset, doubts[0])
    known = dataset.known.copy()
    known[i, j] = False
    P = np.where(dataset.Y, 0.1, 0.9)
    assert (i, j) not in {place(dataset, doubt) for doubt in doubtful(with_known(dataset, known), P)}


def test_the_sheet_has_a_row_a_paragraph_with_its_reasons_and_nothing_filled_in(planted):
    dataset, _, doubts = planted
    rows = list(csv.DictReader(io.StringIO(doubts_sheet(doubts, dataset.codebook))))
    assert [row["sha"] for row in rows] == [p.sha for p in dict.fromkeys(doubt.paragraph for doubt in doubts)]
    assert {row[key] for row in rows for key in dataset.codebook.keys} == {""}
    assert rows[0]["why"].startswith(f"{doubts[0].topic}: labelled {int(doubts[0].label)} (")


def test_a_doubt_is_settled_by_filling_in_its_row(project, tmp_path):  # noqa: F811
    target = tmp_path / "doubts.csv"
    made = run("worklist", "--doubtful", "-j", 1, "-o", target)
    assert made.exit_code == 0, made.output
    assert "labels are doubtful" in made.stderr
    rows = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))
    assert rows[0][-1] == "why"
    assert len(rows) > 1
    rows[1][rows[0].index("drugs")] = "1"
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    target.write_text(stream.getvalue())
    before = len(read_annotations(label_file(project, GOLD)))
    assert run("import", target, "--annotator", "maria").exit_code == 0
    [(_, line)] = read_annotations(label_file(project, "maria"))
    assert (line.topics, line.known) == (("drugs",), ("drugs",))
    assert len(read_annotations(label_file(project, GOLD))) == before


def test_a_worklist_without_a_queue_is_refused_by_name(project):  # noqa: F811
    assert "--doubtful" in run("worklist").stderr


def test_the_number_asked_for_is_the_most_that_is_listed(project):  # noqa: F811
    result = run("worklist", "--doubtful", "-n", 1, "-j", 1)
    assert result.exit_code == 0
    assert len(list(csv.reader(io.StringIO(result.stdout)))) == 2
    assert "nowhere.toml: no such file" in refused("worklist", "nowhere.toml", "--doubtful")
