"""All that a full report shows beside the tables of an evaluation, computed once and held."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.behaviour import Behaviour
from pipeline.learning.curves import Confusions, TopicCurves, confusions, topic_curves
from pipeline.learning.evidence import Contribution
from pipeline.learning.fold_evidence import mistake_evidence
from pipeline.learning.growth import GrowthPoint
from pipeline.learning.held_out import HeldOut
from pipeline.learning.training import Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What was found beside the tables.

    Attributes:
        curves: of all topics together, then of each.
        confusions: mix-ups between topics.
        evidence: of each of the evaluation's mistakes, from the fold's own model.
        growth: the learning curve; empty if it was not asked for.
        held_out: term lists on terms withheld from them; empty if not asked for.
        behaviour: the model on all data on short texts; empty without cases.
    """

    curves: tuple[TopicCurves, ...]
    confusions: Confusions
    evidence: tuple[tuple[Contribution, ...], ...]
    growth: tuple[GrowthPoint, ...] = ()
    held_out: tuple[HeldOut, ...] = ()
    behaviour: tuple[Behaviour, ...] = ()


def find(
    evaluation: Evaluation,
    lexicon: Lexicon,
    version: str,
    *,
    growth: tuple[GrowthPoint, ...] = (),
    held_out: tuple[HeldOut, ...] = (),
    behaviour: tuple[Behaviour, ...] = (),
) -> Findings:
    """Compute what follows from an evaluation alone, and add what was measured apart.

    Args:
        evaluation: out of fold.
        lexicon: the term lists it was made with.
        version: of the package.
        growth: see ``Findings``.
        held_out: see ``Findings``.
        behaviour: see ``Findings``.
    """
    dataset, out, recipe = evaluation.dataset, evaluation.out, evaluation.recipe
    return Findings(
        topic_curves(dataset, out, rounds=recipe.evaluation.rounds, seed=recipe.seed),
        confusions(dataset, out),
        mistake_evidence(evaluation, lexicon, version),
        growth,
        held_out,
        behaviour,
    )
