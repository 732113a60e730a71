"""The verb that shows a model's thresholds and sets them anew: ``thresholds``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.cli.options import a_number, model_of, model_option, near, project_option, show, talk
from pipeline.errors import RecipeError, unknown_key
from pipeline.files import read_utf8
from pipeline.learning.model import Model
from pipeline.learning.objectives import Objective
from pipeline.learning.persist import Evidence, load_evidence, load_folder, save_model
from pipeline.learning.thresholds import alternatives, cuts, set_by_hand, set_by_objective
from pipeline.reporting.card import card_with_thresholds
from pipeline.reporting.decisions import thresholds_section

F = TypeVar("F", bound=Callable[..., Any])

_SHARE = click.FloatRange(0, 1)
_COST = click.FloatRange(0)


def _number(flag: str, kind: click.FloatRange, text: str) -> Callable[[F], F]:
    return click.option(flag, type=kind, callback=a_number, help=text)


@click.command()
@model_option
@project_option
@click.option(
    "--topic", "topics", multiple=True, metavar="TOPIC", help="topic to show or set; may be repeated; default: all"
)
@_number("--threshold", _SHARE, "set by hand: least probability that is a tag")
@_number("--review", _SHARE, "set by hand: least probability that is left for review")
@_number("--beta", _COST, "weight of recall in the F-score to maximise")
@_number("--miss-cost", _COST, "cost of a miss if a false alarm costs 1; the least cost is aimed at")
@_number("--min-precision", _SHARE, "precision to keep; the promise of yes")
@_number("--min-recall", _SHARE, "recall to keep")
@_number("--review-recall", _SHARE, "share of positives that must not be answered no; what lies between is for review")
@_number("--floor", _SHARE, "least probability a threshold may be, where the wishes allow it")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="folder for the changed model")
@click.option("--in-place", is_flag=True, help="change the model itself")
@click.option("--json", "as_json", is_flag=True, help="figures as JSON on stdout")
def thresholds(
    model_path: Path | None,
    folder: Path | None,
    topics: tuple[str, ...],
    threshold: float | None,
    review: float | None,
    output: Path | None,
    *,
    in_place: bool,
    as_json: bool,
    **aims: float | None,
) -> None:
    """Show a model's thresholds and what others would cost, or set them without training.

    Nothing is written without --output or --in-place. An objective is what the flags say and nothing else.

    \b
    Example:
      threat-topics thresholds --topic drugs --min-precision 0.95 --review-recall 0.98
    """
    path = model_of(model_path, folder)
    model, evidence = load_folder(path), load_evidence(path)
    for topic in topics:
        if topic not in model.codebook.keys:
            raise RecipeError(unknown_key("--topic", topic, model.codebook.keys))
    chosen = topics or model.codebook.keys
    given = {name: value for name, value in aims.items() if value is not None}
    by_hand = threshold is not None or review is not None
    if by_hand and (given or threshold is None):
        raise click.UsageError("by hand are --threshold and, beside it, --review; they go with no objective")
    if in_place and output is not None:
        raise click.UsageError("give --output or --in-place, not both")
    asked = bool(given) or by_hand
    if not asked and (in_place or output is not None):
        raise click.UsageError("nothing is to be set; give --threshold, or an objective such as --min-precision")
    if asked:
        model = _set(model, evidence, chosen, threshold, review, given)
    rows = [cut for cut in cuts(model, evidence) if cut.topic in chosen]
    if as_json:
        click.echo(json.dumps([asdict(cut) for cut in rows], indent=1))
    else:
        others = {} if asked else {topic: alternatives(model, evidence, topic) for topic in chosen}
        show((thresholds_section(rows, others),))
    target = path if in_place else output
    if target is not None:
        card = card_with_thresholds(
            read_utf8(path / "README.md", RecipeError), thresholds_section(cuts(model, evidence), {})
        )
        save_model(model, target, card, evidence)
        talk(f"model:  {near(target)}, sha256 {model.sha256[:16]}")
    elif asked:
        talk("nothing was written; add --in-place, or --output DIR")


def _set(
    model: Model,
    evidence: Evidence,
    topics: tuple[str, ...],
    threshold: float | None,
    review: float | None,
    given: dict[str, float],
) -> Model:
    for topic in topics:
        if threshold is not None:
            if review is not None and review > threshold:
                raise RecipeError(f"--review: is {review:g}, above the threshold {threshold:g}; it begins below it")
            model = set_by_hand(model, topic, threshold, review)
            continue
        model, met = set_by_objective(model, evidence, topic, Objective(**given))
        if not met:
            raise RecipeError(
                f"topic {topic!r}: no threshold reaches {Objective(**given)} on the out-of-fold scores; lower the wish, or "
                "see what is in reach with `threat-topics thresholds`"
            )
    return model
