"""All recipes of a project on the same folds, each against the default: the table in ``experiments/README.md``.

Outside text has two halves: recipes are compared on the one to choose by, and the default alone is shown on the other.
Time is told as a ratio within one run, for the machine is not said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.annotation.dataset import load_dataset
from pipeline.annotation.lexicon import load_lexicon
from pipeline.errors import ProjectError
from pipeline.files import canonical_json, write_text
from pipeline.intervals import Interval
from pipeline.learning.evaluation import MODEL
from pipeline.learning.model import Model
from pipeline.learning.outside import read_halves
from pipeline.learning.outside_evaluation import OutsideResult, evaluate_outside
from pipeline.learning.persist import save_model
from pipeline.learning.recipe import Recipe, load_recipe
from pipeline.learning.summary import compare
from pipeline.learning.training import Evaluation, evaluate, fit
from pipeline.project import Project
from pipeline.reporting.outside import MACRO_COLUMNS, macro_cells
from pipeline.reporting.runs import metrics
from pipeline.reporting.sections import Grid, Section, interval, signed

DEFAULT = "default"
CHOOSE, REPORT = "choose", "report"
Told = Callable[[str], None]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One recipe's results.

    Attributes:
        name: of its file, without ``.toml``.
        recipe: what was run.
        evaluation: out of fold.
        terms: size of the model fitted on all data.
        size: bytes of its folder.
        seconds: of one fit on all labels.
        outside: on each outside file, the half to choose by.
        reported: on each outside file, the other half; for the default alone.
        gain: of macro F1 and average precision, the default's minus this recipe's, paired over articles.
    """

    name: str
    recipe: Recipe
    evaluation: Evaluation
    terms: int
    size: int
    seconds: float
    outside: tuple[OutsideResult, ...]
    reported: tuple[OutsideResult, ...]
    gain: tuple[Interval, Interval] | None


def run_recipes(
    project: Project, files: tuple[Path, ...], *, version: str, jobs: int, told: Told, clock: Clock
) -> list[Entry]:
    """Evaluate every recipe in ``experiments/*.toml`` on the same folds, the default first.

    Args:
        project: whose recipes and labels.
        files: outside text to score each model on.
        version: of the package.
        jobs: processes, -1 for all cores.
        told: called with the name of each recipe as it begins.
        clock: processor seconds, handed in, so that what else the machine does counts little.

    Raises:
        ProjectError: there is no ``experiments/default.toml``.
        PipelineError: labels, a recipe or a file do not allow it.
    """
    recipes = {path.stem: load_recipe(path) for path in sorted(project.experiments.glob("*.toml"))}
    if DEFAULT not in recipes:
        raise ProjectError(f"{project.experiments}: has no {DEFAULT}.toml to compare the others with; write one")
    dataset = load_dataset(project)
    lexicon = load_lexicon(project.lexicon, dataset.codebook)
    texts = [read_halves(file, dataset.codebook.keys) for file in files]
    entries: list[Entry] = []
    # Same folds for all: seed and numbers of folds are the default's, whatever a recipe says.
    base = recipes[DEFAULT]
    for name in (DEFAULT, *(other for other in recipes if other != DEFAULT)):
        told(name)
        recipe = replace(recipes[name], seed=base.seed, evaluation=base.evaluation, data=base.data)
        evaluation = evaluate(dataset, lexicon, recipe, _quiet, jobs)
        began = clock()
        model = fit(evaluation, lexicon, version)
        seconds = clock() - began
        scored = {
            half: tuple(evaluate_outside(model, text[half]) for text in texts if half in text)
            for half in (CHOOSE, REPORT)
            if half == CHOOSE or name == DEFAULT
        }
        gain = None
        if entries:
            systems = entries[0].evaluation.out.systems[MODEL], evaluation.out.systems[MODEL]
            ahead = compare(dataset, *systems, rounds=base.evaluation.rounds, seed=base.seed)
            gain = ahead["macro", "f1"], ahead["macro", "average_precision"]
        facts = len(model.terms), _size(model), seconds
        entries.append(Entry(name, recipe, evaluation, *facts, scored[CHOOSE], scored.get(REPORT, ()), gain))
    return entries


def _quiet(done: int, whole: int) -> None:
    """A recipe takes seconds; its name is progress enough."""
    del done, whole


def _size(model: Model) -> int:
    """Bytes of the model's folder, without the scores that only choosing thresholds needs."""
    with TemporaryDirectory() as folder:
        save_model(model, Path(folder) / "model", "")
        return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def write_metrics(entries: list[Entry], folder: Path) -> None:
    """Each recipe's figures as ``<recipe>.json``; the same labels and recipe give the same bytes."""
    for entry in entries:
        figures = metrics(entry.evaluation, (*entry.outside, *entry.reported))
        write_text(folder / f"{entry.name}.json", canonical_json(figures, indent=1) + "\n")


def leaderboard(entries: list[Entry]) -> tuple[Section, ...]:
    """The tables of all recipes, the default first."""
    facts = entries[0].evaluation.dataset
    text = (
        f"{len(facts.paragraphs)} paragraphs of {len(facts.articles)} articles, data fingerprint {facts.fingerprint[:16]}; "
        "the same folds for all. Macro averages over paragraphs; a difference whose interval leaves out zero is starred. "
        "Time: of one fit on all labels, against the default's in the same run."
    )
    header = (
        "recipe",
        "F1",
        "average precision",
        "F1, default minus it",
        "AP, default minus it",
        "vocabulary",
        "MB",
        "time",
    )
    rows = []
    for entry in entries:
        table = entry.evaluation.table("paragraph")
        gain = ("", "") if entry.gain is None else tuple(_starred(value) for value in entry.gain)
        figures = (interval(table.figure("macro", "f1")), interval(table.figure("macro", "average_precision")))
        size = str(entry.terms), f"{entry.size / 1e6:.1f}", f"{entry.seconds / entries[0].seconds:.1f}"
        rows.append((entry.name, *figures, *gain, *size))
    sections = [Section("Experiments", (text,), (Grid(header, tuple(rows)),)), _by_topic(entries)]
    sections += [_outside(entries, number) for number in range(len(entries[0].outside))]
    if entries[0].reported:
        lines = tuple((result.name, *macro_cells(result)) for result in entries[0].reported)
        about = "The adopted recipe on the half that nothing was chosen by. Macro averages."
        sections.append(
            Section("Outside text, the half to report on", (about,), (Grid(("file", *MACRO_COLUMNS), lines),))
        )
    return tuple(sections)


def _starred(value: Interval) -> str:
    return signed(value, 3) + (" *" if value.excludes_zero else "")


def _by_topic(entries: list[Entry]) -> Section:
    keys = entries[0].evaluation.dataset.codebook.keys
    grids = []
    for figure, heading in (("f1", "F1"), ("average_precision", "Average precision")):
        rows = []
        for entry in entries:
            table = entry.evaluation.table("paragraph")
            rows.append((entry.name, *(interval(table.figure(key, figure)) for key in keys)))
        grids.append(Grid(("recipe", *keys), tuple(rows), heading))
    return Section("By topic", (), tuple(grids))


def _outside(entries: list[Entry], number: int) -> Section:
    lines = tuple((entry.name, *macro_cells(entry.outside[number])) for entry in entries)
    name = entries[0].outside[number].name
    return Section(f"Outside text: {name}", ("Macro averages.",), (Grid(("recipe", *MACRO_COLUMNS), lines),))
