"""The report: what it says whichever way it falls, and Markdown that shows text as it is."""

import math
from dataclasses import replace

import pytest

from pipeline.intervals import Interval
from pipeline.learning.evaluation import MODEL
from pipeline.learning.outside_evaluation import OutsideResult, OutsideRow
from pipeline.reporting.report import build_report, headline
from pipeline.reporting.sections import Grid, Section, markdown
from tests.corpora import KEYS, evaluated, trained


def with_gap(gap):
    """The evaluation with every difference to a baseline replaced."""
    tables = tuple(
        table if table.system == MODEL else replace(table, difference=dict.fromkeys(table.difference, gap))
        for table in evaluated().tables
    )
    return replace(evaluated(), tables=tables)


@pytest.mark.parametrize(
    ("gap", "verdict"),
    [
        (Interval(0.1, 0.05, 0.15), "+0.100 [+0.05, +0.15]: ahead."),
        (Interval(-0.1, -0.15, -0.05), "-0.100 [-0.15, -0.05]: behind."),
        (Interval(0.02, -0.01, 0.05), "+0.020 [-0.01, +0.05]: no clear difference."),
    ],
)
def test_the_headline_says_whether_the_model_is_ahead_or_behind(gap, verdict):
    assert headline(with_gap(gap))[-1].endswith(verdict)


def test_the_headline_compares_with_the_best_baseline():
    others = [t for t in evaluated().tables if t.level == "paragraph" and t.system != MODEL]
    best = max(others, key=lambda t: t.figure("macro", "f1").value)
    assert f"({best.system}, {best.figure('macro', 'f1').value:.3f})" in headline(evaluated())[0]


def test_the_report_has_both_levels_all_systems_terms_and_mistakes():
    report = build_report(evaluated(), trained())
    headings = [section.heading for section in report]
    for level in ("paragraph", "article"):
        assert f"By topic, {level} level" in headings
        baselines = next(s for s in report if s.heading == f"Baselines on the same folds, {level} level")
        assert {row[0] for row in baselines.grids[0].rows} == {MODEL, "all-negative", "prior", "keyword rules"}
        assert [row[0] for row in baselines.grids[1].rows] == list(KEYS)
    terms = next(s for s in report if s.heading.startswith("Strongest terms")).grids[0].rows
    assert [row[:2] for row in terms] == [(key, side) for key in KEYS for side in ("for", "against")]
    mistakes = next(s for s in report if s.heading.startswith("Worst mistakes")).quotes
    assert len(mistakes) == len(evaluated().mistakes) > 0
    assert all(m.text in quote.line for m, quote in zip(evaluated().mistakes, mistakes, strict=True))


def test_every_table_row_has_as_many_cells_as_its_header():
    for section in build_report(evaluated(), trained()):
        for grid in section.grids:
            assert {len(row) for row in grid.rows} == {len(grid.header)}


def test_markup_of_a_paragraph_is_not_markup_of_the_report():
    text = "<b>*free* | [link](http://x) `code` ~~gone~~ &lt; # _x_"
    shown = markdown((Section("Top"), Section("Next", (), (Grid(("a|b", "c"), ((text, "1"),)),), (text,))))
    assert "## Next" in shown
    table, item = (line for line in shown.split("\n") if "free" in line)
    assert item == r"- \<b\>\*free\* \| \[link\](http://x) \`code\` \~\~gone\~\~ \&lt; \# \_x\_"
    assert table == r"| \<b\>\*free\* \| [link](http://x) \`code\` \~\~gone\~\~ \&lt; # \_x\_ | 1 |"


def test_the_first_sentence_names_every_file_on_which_the_rules_are_better():
    undefined, behind, even = (
        Interval(math.nan, math.nan, math.nan),
        Interval(-0.2, -0.3, -0.1),
        Interval(-0.1, -0.3, 0.1),
    )
    row = OutsideRow("news.jsonl", "drugs", 1, 1, *[undefined] * 5, even, even)
    others = (replace(row, topic="cyber", f1_ahead=behind), replace(row, topic="macro", ap_ahead=behind))
    worse = OutsideResult("news.jsonl", (row, *others), {}, ())
    clear, slight = "The keyword rules are clearly better on cyber, macro of news.jsonl.", "drugs of news.jsonl."
    assert headline(evaluated(), (worse,))[0] == f"{clear} They are better, but not clearly, on {slight}"
    level = replace(worse, rows=(replace(row, ap_ahead=Interval(0.1, 0.0, 0.2), f1_ahead=undefined),))
    assert headline(evaluated(), (level,))[0] == "Nowhere on the outside text are the keyword rules clearly better."
    untold = replace(worse, rows=(replace(row, ap_ahead=undefined, f1_ahead=undefined),))
    assert headline(evaluated(), (untold,))[0].startswith("Too little is judged")
