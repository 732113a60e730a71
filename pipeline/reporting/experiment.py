"""A recipe carried out on a project, from its files to a run's folder: what ``train`` and ``evaluate`` do."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.annotation.codebook import load_codebook
from pipeline.annotation.corpus import article_values
from pipeline.annotation.dataset import Dataset, load_dataset, some_articles
from pipeline.annotation.lexicon import Lexicon, join_lexicons, load_lexicon
from pipeline.errors import MissingExtraError
from pipeline.learning.behaviour import behave, read_cases
from pipeline.learning.evaluation import Progress
from pipeline.learning.findings import find
from pipeline.learning.folds import split_by
from pipeline.learning.growth import GrowthPoint, learning_curve
from pipeline.learning.held_out import HeldOut, held_out
from pipeline.learning.leaks import count_copies
from pipeline.learning.model import Model
from pipeline.learning.outside import OutsideText, read_outside
from pipeline.learning.outside_evaluation import OutsideResult, evaluate_outside
from pipeline.learning.recipe import Recipe
from pipeline.learning.training import Evaluation, evaluate, fit
from pipeline.project import Project, shipped_project
from pipeline.reporting.page import html_page
from pipeline.reporting.report import build_report
from pipeline.reporting.runs import keep_model, run_name, write_run
from pipeline.reporting.sections import Section


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """What came of it.

    Attributes:
        evaluation: figures out of fold.
        model: fitted on all data.
        report: sections of the report.
        folder: where everything was written.
        outside: the model on outside text.
        lacking: why the folder holds no ``report.html``, "" if it does.
    """

    evaluation: Evaluation
    model: Model
    report: tuple[Section, ...]
    folder: Path
    outside: tuple[OutsideResult, ...]
    lacking: str


def learning_data(project: Project, recipe: Recipe) -> tuple[Dataset, Lexicon]:
    """The labels and term lists a recipe learns from, with the shipped ones where it asks for them.

    Raises:
        PipelineError: labels or articles do not fit together.
    """
    shipped = shipped_project() if recipe.data.shipped else None
    if shipped is not None and shipped.root == project.root:
        shipped = None
    dataset = load_dataset(project, shipped=shipped, own_weight=recipe.data.own_weight)
    dataset = some_articles(dataset, recipe.data.paragraphs, recipe.seed)
    lexicon = load_lexicon(project.lexicon, dataset.codebook)
    if shipped is not None:
        added = load_lexicon(shipped.lexicon, load_codebook(shipped.codebook))
        lexicon = join_lexicons(lexicon, added, dataset.codebook.keys)
    return dataset, lexicon


def fitted_outside(
    dataset: Dataset, lexicon: Lexicon, recipe: Recipe, texts: list[OutsideText], *, version: str, jobs: int
) -> tuple[OutsideResult, ...]:
    """A recipe's model, as training makes it, on outside text; nothing is kept.

    Raises:
        RecipeError: a wished precision or recall cannot be reached.
    """
    model = fit(evaluate(dataset, lexicon, recipe, lambda _done, _whole: None, jobs), lexicon, version)
    return tuple(evaluate_outside(model, text) for text in texts)


def run_experiment(
    project: Project,
    recipe: Recipe,
    *,
    date: str,
    version: str,
    progress: Progress,
    jobs: int,
    keep: bool,
    split: str = "",
    is_thorough: bool = False,
    on: tuple[Path, ...] = (),
    half: str = "choose",
    mistakes: int = 0,
) -> Experiment:
    """Evaluate a recipe on a project's labels, fit it on all of them, and write the run.

    Args:
        project: where labels and articles lie and the run goes.
        recipe: what to do; with ``data.shipped`` the shipped labels are learnt from as well.
        date: ISO date, handed in, names the run's folder.
        version: of the package, kept in the model.
        progress: called with (folds done, folds in all).
        jobs: processes, -1 for all cores.
        split: column of ``data/articles.csv`` whose values are left out in turn, "" for folds dealt by article.
        is_thorough: whether to learn from parts of the labels, and to try recipes that mark listed terms on terms
            withheld from the lists, too.
        on: files of outside text to score the model on.
        half: of outside text, see ``outside.in_half``.
        mistakes: how many to tell on each file.
        keep: whether the model is stored in the run and becomes the project's current one.

    Raises:
        PipelineError: labels, articles or recipe do not allow it; nothing is written then.
    """
    dataset, lexicon = learning_data(project, recipe)
    cases = read_cases(project.behaviour, dataset.codebook.keys) if project.behaviour.is_dir() else []
    parts = split_by(split, article_values(project, split), dataset.articles, dataset.groups) if split else None
    texts = [read_outside(path, dataset.codebook.keys, half) for path in on]
    evaluation = evaluate(dataset, lexicon, recipe, progress, jobs, parts)
    model = fit(evaluation, lexicon, version)
    growth: tuple[GrowthPoint, ...] = ()
    withheld: tuple[HeldOut, ...] = ()
    if is_thorough:
        growth = learning_curve(dataset, lexicon, recipe, evaluation.out, progress, jobs)
        withheld = held_out(dataset, lexicon, recipe, progress, jobs) if recipe.features.listed else ()
    behaviour = tuple(behave(model, cases))
    outside = tuple(
        replace(evaluate_outside(model, text, mistakes=mistakes), copies=count_copies(dataset, text.texts))
        for text in texts
    )
    findings = find(evaluation, lexicon, version, growth=growth, held_out=withheld, behaviour=behaviour)
    report = build_report(evaluation, model, outside, findings)
    page, lacking = "", ""
    folder = project.runs / run_name(evaluation, date, kept=keep, outside=outside)
    try:
        page = html_page(report, dataset.codebook, os.path.relpath(project.root, folder))
    except MissingExtraError as error:
        lacking = str(error)
    write_run(folder, evaluation, report, page, model if keep else None, outside)
    if keep:
        keep_model(project.model, evaluation, model)
    return Experiment(evaluation, model, report, folder, outside, lacking)
