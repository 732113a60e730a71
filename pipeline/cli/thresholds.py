"""The verb that shows a model's thresholds and sets them anew: ``thresholds``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.cli.options import a_number, model_of, model_option, near, project_option, talk
from pipeline.cli.showing import show
from pipeline.errors import ModelError, RecipeError, unknown_key
from pipeline.files import read_utf8
from pipeline.learning.model import Model
from pipeline.learning.objectives import Objective
from pipeline.learning.persist import CARD, Evidence, is_model, load_evidence, load_folder, save_model
from pipeline.learning.thresholds import alternatives, cuts, set_by_hand, set_by_objective
from pipeline.reporting.card import card_with_thresholds
from pipeline.reporting.decisions import thresholds_json, thresholds_section

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

    Nothing is written without --output or --in-place: what would change is shown. An objective is what the flags say
    and nothing else; it is met on the out-of-fold scores that lie beside the model.

    \b
    Example:
      threat-topics thresholds --topic drugs --min-precision 0.95 --review-recall 0.98
    """
    path = model_of(model_path, folder)
    given = {name: value for name, value in aims.items() if value is not None}
    by_hand = threshold is not None or review is not None
    _refuse(given, threshold, output, by_hand=by_hand, in_place=in_place)
    model, evidence = load_folder(path), load_evidence(path)
    for topic in topics:
        if topic not in model.codebook.keys:
            raise RecipeError(unknown_key("--topic", topic, model.codebook.keys))
    chosen = topics or model.codebook.keys
    asked = bool(given) or by_hand
    new = _set(model, evidence, chosen, threshold, review, given) if asked else model
    before, after = ([cut for cut in cuts(m, evidence) if cut.topic in chosen] for m in (model, new))
    old = before if asked else None
    others = {} if asked else {topic: alternatives(model, evidence, topic) for topic in chosen}
    if as_json:
        click.echo(json.dumps(thresholds_json(after, others, old), indent=1))
    else:
        show((thresholds_section(after, others, old),))
    target = path if in_place else output
    if target is not None:
        card = read_utf8(path / CARD, ModelError) if (path / CARD).is_file() else f"# Model card: {new.name}\n"
        save_model(new, target, card_with_thresholds(card, model, new, evidence), evidence)
        talk(f"model:  {near(target)}, sha256 {new.sha256[:16]}")
    elif asked:
        talk("nothing was written; add --in-place, or --output DIR")


def _refuse(
    given: dict[str, float], threshold: float | None, output: Path | None, *, by_hand: bool, in_place: bool
) -> None:
    """Flags that contradict each other, and a folder that holds another model."""
    contradictions = {
        "by hand are --threshold and, beside it, --review; they go with no objective": by_hand
        and (bool(given) or threshold is None),
        "--beta and --miss-cost are two aims; give one": {"beta", "miss_cost"} <= set(given),
        "give --output or --in-place, not both": in_place and output is not None,
        "nothing is to be set; give --threshold, or an objective such as --min-precision": not (given or by_hand)
        and (in_place or output is not None),
    }
    for sentence, holds in contradictions.items():
        if holds:
            raise click.UsageError(sentence)
    if output is not None and is_model(output):
        raise ModelError(
            f"{near(output)}: is a model already; name a new folder, or set that one with --model {near(output)} --in-place"
        )


def _set(
    model: Model,
    evidence: Evidence,
    topics: tuple[str, ...],
    threshold: float | None,
    review: float | None,
    given: dict[str, float],
) -> Model:
    if threshold is not None and review is not None and review > threshold:
        raise RecipeError(f"--review: is {review:g}, above the threshold {threshold:g}; it begins below it")
    for topic in topics:
        if threshold is not None:
            model = set_by_hand(model, evidence, topic, threshold, review)
        else:
            model = set_by_objective(model, evidence, topic, Objective(**given))
    return model
