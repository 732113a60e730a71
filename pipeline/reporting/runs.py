"""A run on disk: everything needed to read it, to load its scores as a table, and to make it again.

``experiments/runs/<date>-<recipe>-<hash>/`` holds ``recipe.toml``, ``metrics.json``, ``report.md``,
``report.html`` (where matplotlib is installed), ``out_of_fold.csv`` and, after training, ``model/``. The hash is of recipe and data, so the same work on the same
day lands in the same folder. ``experiments/current`` is the model of the last training run.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import InputError, MissingExtraError, ProjectError
from pipeline.files import canonical_json, new_folder, read_utf8, sha256_text, write_text
from pipeline.intervals import Interval
from pipeline.learning.evaluation import MODEL
from pipeline.learning.model import Model
from pipeline.learning.outside_evaluation import FIGURES as OUTSIDE_FIGURES
from pipeline.learning.outside_evaluation import OutsideResult, OutsideRow
from pipeline.learning.persist import save_model
from pipeline.learning.promises import Promise
from pipeline.learning.summary import FIGURES, article_judgements
from pipeline.learning.training import Evaluation, describe, evidence_of
from pipeline.reporting.card import model_card
from pipeline.reporting.decisions import promises_of
from pipeline.reporting.sections import Section, markdown

REPORT, PAGE, METRICS, OUT_OF_FOLD = "report.md", "report.html", "metrics.json", "out_of_fold.csv"
_ENDS = ("value", "ci_low", "ci_high")  # of an interval in JSON


def run_name(evaluation: Evaluation, date: str, *, kept: bool, outside: tuple[OutsideResult, ...] = ()) -> str:
    """The folder's name: date, recipe, and a hash of recipe, data, term lists, outside files and whether a model is kept."""
    column = evaluation.split.column if evaluation.split else ""
    known = [evaluation.recipe.to_dict(), evaluation.dataset.fingerprint, asdict(evaluation.lexicon), column, kept]
    parts = [*known, [(result.name, result.fingerprint) for result in outside]]
    key = sha256_text(canonical_json(parts))
    return f"{date}-{evaluation.recipe.name}-{key[:8]}"


def write_run(
    folder: Path,
    evaluation: Evaluation,
    report: tuple[Section, ...],
    page: str,
    model: Model | None,
    outside: tuple[OutsideResult, ...] = (),
) -> None:
    """Write a run's folder, whole or not at all.

    Args:
        folder: named by ``run_name``.
        evaluation: what was found.
        report: its sections.
        page: the same as HTML, "" for none.
        model: kept in ``model/`` if given.
        outside: its figures on outside text.
    """
    with new_folder(folder) as made:
        write_text(made / "recipe.toml", evaluation.recipe.to_toml())
        write_text(made / METRICS, canonical_json(metrics(evaluation, outside), indent=1) + "\n")
        write_text(made / REPORT, markdown(report))
        if page:
            write_text(made / PAGE, page)
        write_text(made / OUT_OF_FOLD, out_of_fold(evaluation).to_csv(index=False, lineterminator="\n"))
        if model is not None:
            save_model(model, made / "model", model_card(model, evaluation), evidence_of(evaluation))


def find_run(runs: Path, name: str | None) -> Path:
    """The folder of a run.

    Args:
        runs: the folder of runs.
        name: of a run, or the path of its folder; ``None`` for the newest.

    Raises:
        ProjectError: there is none.
    """
    if name is not None:
        for folder in (runs / name, Path(name)):
            if (folder / REPORT).is_file():
                return folder
        raise ProjectError(f"{name}: is no run; look into {runs} for their names")
    found = [folder for folder in runs.glob("[!.]*") if (folder / REPORT).is_file()]
    if not found:
        raise ProjectError(f"{runs}: holds no run; run `threat-topics evaluate` first")
    return max(found, key=lambda folder: ((folder / REPORT).stat().st_mtime_ns, folder.name))


def page_of(run: Path) -> Path:
    """The HTML report of a run.

    Raises:
        MissingExtraError: it was written without.
    """
    page = run / PAGE
    if not page.is_file():
        raise MissingExtraError(
            f"{run}: holds no {PAGE}; pip install 'threat-topics[report]', then run `threat-topics evaluate` again"
        )
    return page


def run_fingerprint(folder: Path) -> str:
    """The fingerprint of the labels a run was made on.

    Raises:
        InputError: the folder has no ``metrics.json`` that says it.
    """
    path = folder / METRICS
    try:
        return str(json.loads(read_utf8(path))["dataset"]["fingerprint"])
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path}: does not say which labels it is of; run the recipe again") from None


def keep_model(folder: Path, evaluation: Evaluation, model: Model) -> None:
    """Make a model the current one of its project."""
    save_model(model, folder, model_card(model, evaluation), evidence_of(evaluation))


def out_of_fold(evaluation: Evaluation) -> pd.DataFrame:
    """Every out-of-fold answer as a table, one row a paragraph and repeat.

    Returns:
        Columns ``paragraph``, ``article``, ``start``, ``end``, ``repeat``, ``fold``, and for each topic ``<topic>``
        (1, 0, empty where not judged), ``<topic>_score``, ``<topic>_probability``, ``<topic>_tag``.
    """
    dataset, out = evaluation.dataset, evaluation.out
    answers = out.systems[MODEL]
    tables = []
    for r in range(len(out.S)):
        columns: dict[str, Any] = {
            "paragraph": [p.id for p in dataset.paragraphs],
            "article": [p.article_id for p in dataset.paragraphs],
            "start": [p.start for p in dataset.paragraphs],
            "end": [p.end for p in dataset.paragraphs],
            "repeat": r,
            "fold": out.fold[r],
        }
        for j, key in enumerate(dataset.codebook.keys):
            columns[key] = np.where(dataset.known[:, j], np.where(dataset.Y[:, j], "1", "0"), "")
            columns[f"{key}_score"] = out.S[r, :, j]
            columns[f"{key}_probability"] = answers.score[r, :, j]
            columns[f"{key}_tag"] = answers.tags[r, :, j].astype(int)
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def figure(value: Interval, n: int) -> dict[str, float | int | None]:
    """An interval as JSON; what is not defined is null.

    ``n`` is what it was counted on: judged positives, or for exact match judged items, for Hamming loss judged cells.
    """
    numbers = (value.value, value.low, value.high)
    return {**{name: None if math.isnan(x) else x for name, x in zip(_ENDS, numbers, strict=True)}, "n": n}


def interval_of(cell: Mapping[str, float | None]) -> Interval:
    """What ``figure`` wrote, as an interval again; of what is not there a ``KeyError`` comes."""
    value, low, high = (math.nan if (end := cell[name]) is None else float(end) for name in _ENDS)
    return Interval(value, low, high)


def metrics(evaluation: Evaluation, outside: tuple[OutsideResult, ...] = ()) -> dict[str, Any]:
    """All figures of an evaluation as plain JSON values, by level, system and topic, and those on outside text."""
    levels: dict[str, Any] = {}
    dataset = evaluation.dataset
    known = {"paragraph": dataset.known, "article": article_judgements(dataset)[1]}
    for table in evaluation.tables:
        cells: dict[str, Any] = {
            "exact_match": figure(table.exact_match, int(known[table.level].any(axis=1).sum())),
            "hamming_loss": figure(table.hamming_loss, int(known[table.level].sum())),
        }
        support = {row.topic: row.support for row in table.rows}
        for row in table.rows:
            cells[row.topic] = {name: figure(value, row.support) for name, value in row.figures.items()}
        if table.difference:
            found: dict[str, Any] = {}
            for (topic, name), value in table.difference.items():
                found.setdefault(topic, {})[name] = figure(value, support[topic])
            cells["model_minus_this"] = found
        levels.setdefault(table.level, {})[table.system] = cells
    keys = evaluation.dataset.codebook.keys
    return {
        "recipe": evaluation.recipe.to_dict(),
        "dataset": describe(evaluation.dataset),
        "fold_imbalance": list(evaluation.out.imbalance),
        "thresholds": dict(zip(keys, evaluation.rules.thresholds.tolist(), strict=True)),
        "review": dict(zip(keys, evaluation.rules.review.tolist(), strict=True)),
        "promises": [_promise(row) for row in promises_of(evaluation)],
        "infeasible": dict(zip(keys, evaluation.out.infeasible.tolist(), strict=True)),
        "levels": levels,
        "outside": [row for result in outside for row in outside_metrics(result)],
        "leaks": [asdict(leak) for leak in evaluation.leaks],
        "left_out": {
            tables[0].level: {
                table.system: {name: figure(table.figure("macro", name), table.rows[-1].support) for name in FIGURES}
                for table in tables
            }
            for tables in evaluation.parts
        },
    }


def _promise(row: Promise) -> dict[str, Any]:
    """A promise and what was kept of it as plain JSON values."""
    return {
        "level": row.level,
        "topic": row.topic,
        "yes_precision": None if math.isnan(row.yes) else row.yes,
        "no_recall": None if math.isnan(row.no) else row.no,
        "precision": figure(row.precision, row.positives),
        "recall": figure(row.recall, row.positives),
        "review": figure(row.review, row.items),
    }


def outside_metrics(result: OutsideResult) -> list[dict[str, Any]]:
    """Figures on one file of outside text as plain JSON values, one a topic."""
    return [
        {
            "file": row.file,
            "fingerprint": result.fingerprint,
            "copies": result.copies,
            "topic": row.topic,
            "positives": row.positives,
            "negatives": row.negatives,
            **{name: figure(getattr(row, name), _counted(name, row)) for name in OUTSIDE_FIGURES},
            "bins": [asdict(point) for point in result.bins.get(row.topic, ())],
        }
        for row in result.rows
    ]


def _counted(name: str, row: OutsideRow) -> int:
    return {"recall": row.positives, "false_alarms": row.negatives}.get(name, row.positives + row.negatives)
