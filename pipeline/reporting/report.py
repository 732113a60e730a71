"""An evaluation as sections of sentences and tables: data here, drawn elsewhere (``markdown``, the terminal).

Everything said is out of fold. No figure is computed here that an ``Evaluation`` does not hold already.
"""

from __future__ import annotations

import math

from pipeline.learning.evaluation import MODEL
from pipeline.learning.held_out import HeldOut
from pipeline.learning.model import Model
from pipeline.learning.outside import OutsideRow
from pipeline.learning.summary import FIGURES, LEVELS, Mistake, Table
from pipeline.learning.training import Evaluation, describe
from pipeline.reporting.honesty import empty_sets, leaks
from pipeline.reporting.sections import Grid, Section, interval, signed

TERMS_SHOWN = 10
HEADINGS = {"precision": "precision", "recall": "recall", "f1": "F1", "average_precision": "average precision"}
RULES = (
    "A paragraph rightly left without topics counts as right and stays in every figure. Article rule: an article has a "
    "topic if one of its paragraphs has, and its probability is their greatest."
)


def build_report(evaluation: Evaluation, model: Model) -> tuple[Section, ...]:
    """All sections of the cross-validation report.

    Args:
        evaluation: what was found out of fold.
        model: fitted on all data with the same recipe; gives the terms.
    """
    recipe, out = evaluation.recipe, evaluation.out
    folds = recipe.evaluation
    dealt = f"{folds.repeats} x {folds.folds} folds by article"
    if evaluation.split:
        dealt = f"{len(evaluation.split.values)} folds, each leaving out one {evaluation.split.column}"
    settings = (
        f"{dealt}; calibration and thresholds chosen by {folds.inner_folds} folds "
        f"inside each training part. Brackets hold 95 % intervals from {folds.rounds} bootstrap rounds over articles."
    )
    misses = [
        f"{key} {n}" for key, n in zip(evaluation.dataset.codebook.keys, out.infeasible.tolist(), strict=True) if n
    ]
    wishes = (
        (f"Training parts in which no threshold met the wish and the best was taken: {', '.join(misses)}.",)
        if misses
        else ()
    )
    balance = f"Fold imbalance {max(out.imbalance):.3f} (0 = every fold holds an equal share of each topic)."
    sections = [
        Section("Cross-validation: " + recipe.name, (headline(evaluation), settings, balance, RULES, *wishes)),
        _data(evaluation),
    ]
    for level in LEVELS:
        sections.append(
            Section(f"By topic, {level} level", (_empty_sets(evaluation.table(level)),), (_figures(evaluation, level),))
        )
        sections.append(_baselines(evaluation, level))
    if evaluation.split:
        sections.insert(1, _parts(evaluation, evaluation.split.column))
    sections += [leaks(evaluation.leaks), empty_sets(), _terms(model), _mistakes(evaluation.mistakes)]
    return tuple(sections)


def headline(evaluation: Evaluation) -> str:
    """The outcome in one sentence, the comparison with the best baseline included whichever way it falls."""
    own = evaluation.table("paragraph").figure("macro", "f1")
    others = [t for t in evaluation.tables if t.level == "paragraph" and t.system != MODEL]
    best = max(others, key=lambda t: t.figure("macro", "f1").value)
    gap = best.difference["macro", "f1"]
    verdict = "no clear difference" if not gap.excludes_zero else "ahead" if gap.value > 0 else "behind"
    return (
        f"Macro F1 {interval(own)} over paragraphs; against the best baseline ({best.system}, "
        f"{best.figure('macro', 'f1').value:.3f}) {signed(gap)}: {verdict}."
    )


def _data(evaluation: Evaluation) -> Section:
    facts = describe(evaluation.dataset)
    text = (
        f"{facts['paragraphs']} judged paragraphs of {facts['articles']} articles: {facts['none']} without a topic, "
        f"{facts['multi']} with two or more. Data fingerprint {evaluation.dataset.fingerprint[:16]}."
    )
    positive = (evaluation.dataset.Y & evaluation.dataset.known).sum(axis=0).tolist()
    judged = evaluation.dataset.known.sum(axis=0).tolist()
    rows = zip(evaluation.dataset.codebook.keys, positive, judged, strict=True)
    return Section(
        "Data", (text,), (Grid(("topic", "positives", "judged"), tuple((k, str(p), str(n)) for k, p, n in rows)),)
    )


def _empty_sets(table: Table) -> str:
    return f"All topics right: {interval(table.exact_match)} of items. Hamming loss {interval(table.hamming_loss)}."


def _figures(evaluation: Evaluation, level: str) -> Grid:
    thresholds = dict(zip(evaluation.dataset.codebook.keys, evaluation.rules.thresholds.tolist(), strict=True))
    rows = tuple(
        (
            row.topic,
            str(row.support),
            *(interval(row.figures[name]) for name in FIGURES),
            f"{thresholds[row.topic]:.3f}" if row.topic in thresholds else "",
        )
        for row in evaluation.table(level).rows
    )
    return Grid(("topic", "support", *HEADINGS.values(), "threshold"), rows)


def _baselines(evaluation: Evaluation, level: str) -> Section:
    rows = []
    for table in (t for t in evaluation.tables if t.level == level):
        for topic in ("micro", "macro"):
            difference = signed(table.difference[topic, "f1"]) if table.difference else ""
            rows.append((table.system, topic, *(interval(table.figure(topic, name)) for name in FIGURES), difference))
    per_topic = []
    for key in evaluation.dataset.codebook.keys:
        cells = []
        for table in (t for t in evaluation.tables if t.level == level):
            cells.append(interval(table.figure(key, "f1")))
            if table.difference:
                cells.append(signed(table.difference[key, "f1"]))
        per_topic.append((key, *cells))
    header = ["topic"]
    for table in (t for t in evaluation.tables if t.level == level):
        header += [f"{table.system} F1", "model minus it"] if table.difference else [f"{table.system} F1"]
    return Section(
        f"Baselines on the same folds, {level} level",
        (),
        (
            Grid(("system", "average", *HEADINGS.values(), "F1, model minus it"), tuple(rows)),
            Grid(tuple(header), tuple(per_topic)),
        ),
    )


def _parts(evaluation: Evaluation, column: str) -> Section:
    rows = []
    for own, *others in evaluation.parts:
        rules = others[-1]
        figures = (own.figure("macro", "average_precision"), own.figure("macro", "f1"), rules.figure("macro", "f1"))
        difference = signed(rules.difference["macro", "f1"])
        rows.append((own.level, str(own.rows[-1].support), *map(interval, figures), difference))
    header = (column, "positives", "average precision", "F1", "keyword rules F1", "F1, model minus rules")
    text = "Macro averages over paragraphs; no model had seen anything of the part it is judged on."
    return Section(f"By {column} left out", (text,), (Grid(header, tuple(rows)),))


def _terms(model: Model) -> Section:
    rows = []
    for j, key in enumerate(model.codebook.keys):
        for side, terms in zip(("for", "against"), model.strongest(j, TERMS_SHOWN), strict=True):
            rows.append((key, side, ", ".join(f"{term} {weight:+.1f}" for term, weight in terms)))
    return Section("Strongest terms (model on all data)", (), (Grid(("topic", "side", "terms"), tuple(rows)),))


def _mistakes(mistakes: tuple[Mistake, ...]) -> Section:
    items = tuple(
        f"{m.topic}, {m.kind} at {m.probability:.2f}, {m.paragraph_id}: {' '.join(m.text.split())}" for m in mistakes
    )
    return Section("Worst mistakes, out of fold", () if items else ("None.",), (), items)


def held_out_section(rows: tuple[HeldOut, ...]) -> Section:
    """What the term lists are worth on terms they lack."""
    text = (
        "Paragraphs whose only listed terms of the topic were withheld from the list (30 % of its terms, by a fixed hash), "
        "against all paragraphs without the topic and without a term that was left in it."
    )
    header = (
        "topic",
        "positives",
        "negatives",
        "recall",
        "recall, no list",
        "AP",
        "AP, no list",
        "AP, list minus none",
    )
    lines = tuple(
        (
            row.topic,
            str(row.positives),
            str(row.negatives),
            interval(row.recall),
            interval(row.recall_without),
            interval(row.average_precision),
            interval(row.average_precision_without),
            signed(row.gain),
        )
        for row in rows
    )
    return Section("Terms withheld from the lists", (text,), (Grid(header, lines),))


def outside_section(rows: list[OutsideRow], name: str, mistakes: list[Mistake]) -> Section:
    """A trained model on one file of outside text."""
    grid = Grid(
        ("topic", "positives", "negatives", "recall", "false alarms per 1,000", "average precision", "F1"),
        tuple(
            (
                row.topic,
                str(row.positives),
                str(row.negatives),
                interval(row.recall),
                "-"
                if math.isnan(row.false_alarms.value)
                else f"{row.false_alarms.value:.1f} [{row.false_alarms.low:.1f}, {row.false_alarms.high:.1f}]",
                interval(row.average_precision),
                interval(row.f1),
            )
            for row in rows
        ),
    )
    text = "At the model's own thresholds; 95 % intervals over groups; a missing judgement is counted nowhere."
    items = tuple(f"{m.topic}, {m.kind} at {m.probability:.2f}: {' '.join(m.text.split())}" for m in mistakes)
    return Section(f"Outside text: {name}", (text,), (grid,), items)
