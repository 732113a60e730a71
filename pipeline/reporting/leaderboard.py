"""All recipes of a project on the same folds, each against the default: the table in ``experiments/README.md``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.annotation.dataset import load_dataset
from pipeline.annotation.lexicon import load_lexicon
from pipeline.errors import ProjectError
from pipeline.intervals import Interval
from pipeline.learning.evaluation import MODEL
from pipeline.learning.outside import read_outside
from pipeline.learning.outside_evaluation import MACRO, OutsideRow, evaluate_outside
from pipeline.learning.recipe import Recipe, load_recipe
from pipeline.learning.summary import compare
from pipeline.learning.training import Evaluation, evaluate, fit
from pipeline.project import Project
from pipeline.reporting.sections import Grid, Section, interval, signed

DEFAULT = "default"
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One recipe's results.

    Attributes:
        recipe: what was run.
        evaluation: out of fold.
        terms: size of the model fitted on all data.
        outside: rows of each outside file.
        gain: of macro F1 and average precision, the default's minus this recipe's, paired over articles.
    """

    recipe: Recipe
    evaluation: Evaluation
    terms: int
    outside: tuple[tuple[OutsideRow, ...], ...]
    gain: tuple[Interval, Interval] | None


def run_recipes(project: Project, files: tuple[Path, ...], *, version: str, jobs: int, told: Told) -> list[Entry]:
    """Evaluate every recipe in ``experiments/*.toml`` on the same folds, the default first.

    Args:
        project: whose recipes and labels.
        files: outside text to score each model on, as a whole.
        version: of the package.
        jobs: processes, -1 for all cores.
        told: called with the name of each recipe as it begins.

    Raises:
        ProjectError: there is no ``experiments/default.toml``.
        PipelineError: labels, a recipe or a file do not allow it.
    """
    recipes = {path.stem: load_recipe(path) for path in sorted(project.experiments.glob("*.toml"))}
    if DEFAULT not in recipes:
        raise ProjectError(f"{project.experiments}: has no {DEFAULT}.toml to compare the others with; write one")
    dataset = load_dataset(project)
    lexicon = load_lexicon(project.lexicon, dataset.codebook)
    texts = [read_outside(file, dataset.codebook.keys) for file in files]
    entries: list[Entry] = []
    # Same folds for all: seed and numbers of folds are the default's, whatever a recipe says.
    base = recipes[DEFAULT]
    for name in (DEFAULT, *(other for other in recipes if other != DEFAULT)):
        told(name)
        recipe = replace(recipes[name], seed=base.seed, evaluation=base.evaluation, data=base.data)
        evaluation = evaluate(dataset, lexicon, recipe, _quiet, jobs)
        model = fit(evaluation, lexicon, version)
        outside = tuple(evaluate_outside(model, text).rows for text in texts)
        first = entries[0].evaluation if entries else None
        gain = None
        if first is not None:
            systems = first.out.systems[MODEL], evaluation.out.systems[MODEL]
            ahead = compare(dataset, *systems, rounds=base.evaluation.rounds, seed=base.seed)
            gain = ahead["macro", "f1"], ahead["macro", "average_precision"]
        entries.append(Entry(recipe, evaluation, len(model.terms), outside, gain))
    return entries


def _quiet(done: int, whole: int) -> None:
    """A recipe takes seconds; its name is progress enough."""
    del done, whole


def leaderboard(entries: list[Entry]) -> tuple[Section, ...]:
    """The table of all recipes, best average precision on outside text or, without any, out of fold first."""
    facts = entries[0].evaluation.dataset
    text = (
        f"{len(facts.paragraphs)} paragraphs of {len(facts.articles)} articles, data fingerprint {facts.fingerprint[:16]}; "
        "the same folds for all. Macro averages over paragraphs. A difference whose interval leaves out zero is clear."
    )
    header = ("recipe", "F1", "average precision", "F1, default minus it", "AP, default minus it", "terms")
    rows = []
    for entry in entries:
        table = entry.evaluation.table("paragraph")
        gain = ("", "") if entry.gain is None else tuple(signed(value) for value in entry.gain)
        figures = (interval(table.figure("macro", "f1")), interval(table.figure("macro", "average_precision")))
        rows.append((entry.recipe.name, *figures, *gain, str(entry.terms)))
    sections = [Section("Experiments", (text,), (Grid(header, tuple(rows)),))]
    for number, first in enumerate(entries[0].outside):
        lines = []
        for entry in entries:
            row = next((r for r in entry.outside[number] if r.topic == MACRO), entry.outside[number][0])
            alarms = "-" if row.negatives == 0 else f"{row.false_alarms.value:.1f}"
            lines.append(
                (entry.recipe.name, interval(row.average_precision), interval(row.f1), interval(row.recall), alarms)
            )
        columns = ("recipe", "average precision", "F1", "recall", "false alarms per 1,000")
        sections.append(Section(f"Outside text: {first[0].file}", ("Macro averages.",), (Grid(columns, tuple(lines)),)))
    return tuple(sections)
