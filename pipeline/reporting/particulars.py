"""What a run was made of, and what the terms of its report mean."""

from __future__ import annotations

import platform
from importlib.metadata import version

from pipeline.files import canonical_json, sha256_text
from pipeline.learning.model import Model
from pipeline.learning.training import Evaluation
from pipeline.reporting.sections import Grid, Section

PART = "Particulars"
PACKAGES = ("numpy", "scipy", "joblib")

GLOSSARY = (
    (
        "out of fold",
        "judged by a model that learnt from other articles only; so is everything here unless it says otherwise",
    ),
    ("precision", "of the tags given, the share that is right"),
    ("recall", "of the paragraphs (or articles) that have a topic, the share that is tagged"),
    ("F1", "the harmonic mean of precision and recall"),
    (
        "average precision (AP)",
        "precision averaged over all thresholds at which recall grows; 1 if every positive comes first",
    ),
    ("macro, micro", "the mean of the topics' figures; the figure of all tags counted together"),
    ("interval", "the middle 95 % of the figures that re-drawn sets of the same articles give (bootstrap)"),
    ("ahead, behind", "the interval of the difference lies on one side of zero"),
    ("false alarm, miss", "a tag that is wrong; a tag that is lacking"),
    (
        "probability",
        "the calibrated score; expected calibration error says how far such probabilities are from what happens",
    ),
    ("threshold", "the least probability that is a tag, chosen inside training folds for the recipe's objective"),
    ("keyword rules", "a tag wherever a term of the topic's list stands (labels/lexicon.toml)"),
    ("all-negative, prior", "no tags at all; each topic's share of positives as the probability of every paragraph"),
    (
        "evidence",
        "a term's share of the score, in log-odds; list:topic is the mark of a listed term, a star a beginning",
    ),
    ("support", "how many judged paragraphs or articles have the topic"),
)


def run_section(evaluation: Evaluation, model: Model) -> Section:
    """Recipe, fingerprints and versions: all that makes the run again."""
    dataset, lexicon = evaluation.dataset, evaluation.lexicon
    facts = [
        ("data fingerprint", dataset.fingerprint),
        ("codebook", f"version {dataset.codebook.version}"),
        ("term lists", sha256_text(canonical_json([lexicon.terms, lexicon.weak]))),
        ("model on all data", model.sha256),
        ("terms in the model", str(len(model.terms))),
        ("threat-topics", model.version),
        ("Python", platform.python_version()),
        *((name, version(name)) for name in PACKAGES),
    ]
    options = [("seed", str(evaluation.recipe.seed))]
    options += [
        (f"{section}.{key}", str(value))
        for section, values in evaluation.recipe.to_dict().items()
        if isinstance(values, dict)
        for key, value in values.items()
    ]
    grids = (Grid(("fact", "value"), tuple(facts)), Grid(("option", "value"), tuple(options), "Recipe"))
    text = "The same data, recipe, versions and kind of machine give the same bytes."
    return Section("Recipe, fingerprints, versions", (text,), grids, part=PART, is_printed=False)


def glossary() -> Section:
    """The terms used, in a sentence each."""
    return Section("Terms used", (), (Grid(("term", "meaning"), GLOSSARY),), part=PART, is_printed=False)
