"""An evaluation as sections of sentences and tables: data here, drawn elsewhere (``markdown``, the terminal).

Everything said is out of fold. No figure is computed here that an ``Evaluation`` does not hold already.
"""

from __future__ import annotations

import math

from pipeline.learning.evaluation import MODEL
from pipeline.learning.findings import Findings
from pipeline.learning.model import Model
from pipeline.learning.outside_evaluation import OutsideResult
from pipeline.learning.summary import FIGURES, LEVELS, Table
from pipeline.learning.training import Evaluation, describe
from pipeline.reporting.choices import confusion_section, threshold_section
from pipeline.reporting.decisions import promises
from pipeline.reporting.elsewhere import behaviour_section, growth_section, parts_section
from pipeline.reporting.honesty import empty_sets, exceptions, leaks
from pipeline.reporting.mistakes import mistakes_section
from pipeline.reporting.outside import held_out_section, outside_section
from pipeline.reporting.particulars import PART as PARTICULARS
from pipeline.reporting.particulars import glossary, run_section
from pipeline.reporting.pictures import RULES as KEYWORD_RULES
from pipeline.reporting.pictures import recall_section, reliability_section, score_section, topics_figure
from pipeline.reporting.sections import Grid, Section, interval, signed

TERMS_SHOWN = 10
HEADINGS = {"precision": "precision", "recall": "recall", "f1": "F1", "average_precision": "average precision"}
RULES = (
    "A paragraph rightly left without topics counts as right and stays in every figure. Article rule: an article has a "
    "topic if one of its paragraphs has, and its probability is their greatest."
)


def build_report(
    evaluation: Evaluation,
    model: Model,
    outside: tuple[OutsideResult, ...] = (),
    findings: Findings | None = None,
) -> tuple[Section, ...]:
    """All sections of the cross-validation report.

    Args:
        evaluation: what was found out of fold.
        model: fitted on all data with the same recipe; gives the terms.
        outside: the same model on outside text.
        findings: curves, mix-ups and evidence; without them their sections are left out.
    """
    codebook = evaluation.dataset.codebook
    sections = [_first(evaluation, outside, findings)]
    if evaluation.split:
        sections.append(parts_section(evaluation, evaluation.split.column))
    for level in LEVELS:
        sections += [_by_topic(evaluation, level), _baselines(evaluation, level)]
    if findings:
        sections += [
            threshold_section(findings.curves),
            recall_section(evaluation, findings.curves),
            score_section(evaluation, findings.curves),
            reliability_section(evaluation, findings.curves),
        ]
    sections += promises(evaluation)
    sections += [outside_section(result, codebook) for result in outside]
    if findings:
        sections += [growth_section(codebook, findings.growth)] if findings.growth else []
        sections += [held_out_section(findings.held_out)] if findings.held_out else []
        sections += [behaviour_section(findings.behaviour)] if findings.behaviour else []
        sections.append(confusion_section(codebook.keys, findings.confusions))
    evidence = findings.evidence if findings else ()
    sections += [_terms(model), mistakes_section(evaluation.dataset, evaluation.mistakes, evidence)]
    sections += [_data(evaluation), leaks(evaluation.leaks), empty_sets(), run_section(evaluation, model), glossary()]
    return tuple(sections)


def headline(evaluation: Evaluation, outside: tuple[OutsideResult, ...] = ()) -> tuple[str, ...]:
    """The outcome in a sentence or two, the comparison with the best baseline included whichever way it falls.

    Where text was judged that the models had seen nothing like, the first sentence says where the rules do better.
    """
    own = evaluation.table("paragraph").figure("macro", "f1")
    others = [t for t in evaluation.tables if t.level == "paragraph" and t.system != MODEL]
    best = max(others, key=lambda t: t.figure("macro", "f1").value)
    gap = best.difference["macro", "f1"]
    verdict = "no clear difference" if not gap.excludes_zero else "ahead" if gap.value > 0 else "behind"
    home = (
        f"Macro F1 {interval(own)} over paragraphs; against the best baseline ({best.system}, "
        f"{best.figure('macro', 'f1').value:.3f}) {signed(gap)}: {verdict}."
    )
    return (exceptions(evaluation, outside), home) if outside or evaluation.parts else (home,)


def _first(evaluation: Evaluation, outside: tuple[OutsideResult, ...], findings: Findings | None) -> Section:
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
    table = evaluation.table("paragraph")
    tiles = [
        ("macro F1", interval(table.figure("macro", "f1")), "mean over topics"),
        ("macro average precision", interval(table.figure("macro", "average_precision")), "over all thresholds"),
        ("all topics right", interval(table.exact_match), "of paragraphs"),
    ]
    if findings:
        tiles.append(("calibration error", interval(findings.curves[0].calibration_error), "mean over topics"))
    text = (" ".join(headline(evaluation, outside)), _in_words(table), settings, balance, RULES, *wishes)
    return Section("Cross-validation: " + recipe.name, text, tiles=tuple(tiles), part="Results")


def _in_words(table: Table) -> str:
    precision, recall = (table.figure("micro", name).value for name in ("precision", "recall"))
    if math.isnan(precision) or math.isnan(recall):
        return "No tag was given out of fold."
    return (
        f"Of 100 tags it gives, {100 * precision:.0f} are right; of 100 it should give, it gives {100 * recall:.0f}; of 100 "
        f"paragraphs, {100 * table.exact_match.value:.0f} have every topic right."
    )


def _by_topic(evaluation: Evaluation, level: str) -> Section:
    table, grid = evaluation.table(level), _figures(evaluation, level)
    figure = topics_figure(evaluation.dataset.codebook, table, evaluation.table(level, KEYWORD_RULES), grid)
    return Section(f"By topic, {level} level", (_empty_sets(table),), (grid,), figures=(figure,))


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
        "Data",
        (text,),
        (Grid(("topic", "positives", "judged"), tuple((k, str(p), str(n)) for k, p, n in rows)),),
        part=PARTICULARS,
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


def _terms(model: Model) -> Section:
    rows = []
    for j, key in enumerate(model.codebook.keys):
        for side, terms in zip(("for", "against"), model.strongest(j, TERMS_SHOWN), strict=True):
            rows.append((key, side, ", ".join(f"{term} {weight:+.1f}" for term, weight in terms)))
    return Section(
        "Strongest terms (model on all data)", (), (Grid(("topic", "side", "terms"), tuple(rows)),), part="Errors"
    )
