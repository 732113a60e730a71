"""The model card that lies beside a model, for people (headings of Mitchell et al. 2019)."""

from __future__ import annotations

from pipeline.learning.model import Model
from pipeline.learning.training import Evaluation, describe
from pipeline.reporting.report import RULES, headline
from pipeline.reporting.sections import Section, interval, markdown

SET_ANEW = "\n## Thresholds set after training\n"


def card_with_thresholds(card: str, section: Section) -> str:
    """A model's card with the table of thresholds that were set after training, in place of an older such table."""
    table = markdown((section,)).partition("\n")[2]
    return f"{card.partition(SET_ANEW)[0].rstrip()}\n{SET_ANEW}{table.rstrip()}\n"


def model_card(model: Model, evaluation: Evaluation) -> str:
    """Markdown without a date or a path, so that the same model has the same card."""
    facts = describe(evaluation.dataset)
    table = evaluation.table("paragraph")
    figures = "\n".join(
        f"| {row.topic} | {row.support} | {interval(row.figures['precision'])} | {interval(row.figures['recall'])} "
        f"| {interval(row.figures['f1'])} | {interval(row.figures['average_precision'])} |"
        for row in table.rows
    )
    labels = "\n".join(f"- **{t.key}** ({t.name}): {t.definition}" for t in model.codebook.topics)
    options = "\n".join(
        f"- {section}.{key}: {value}"
        for section, values in sorted(evaluation.recipe.to_dict().items())
        if isinstance(values, dict)
        for key, value in sorted(values.items())
        if value != {}
    )
    return f"""# Model card: {model.name}

## Model details
TF-IDF over runs of up to {model.analyser.ngrams} words and one logistic regression a topic; {len(model.terms)} terms.
Made by threat-topics {model.version}. SHA-256 of its contents: `{model.sha256}`. Data, not a program: JSON,
safetensors and a list of terms.

## Labels
Codebook version {model.codebook.version}.

{labels}

## Intended use
Finding paragraphs of English news about these topics for a person to read, each tag with the words that earned it.
Out of scope: any decision about a person; text that is not English; text far from news, where the figures below do
not hold.

## Training data
{facts["paragraphs"]} judged paragraphs of {facts["articles"]} articles, {facts["none"]} of them without a topic;
fingerprint `{facts["fingerprint"]}`.

## Metrics and evaluation data
Out of fold on the training data, folds by article. {headline(evaluation)[-1]} {RULES}

| topic | support | precision | recall | F1 | average precision |
|---|---:|---:|---:|---:|---:|
{figures}

## Bias, risks, limitations
A linear model knows only the words its labels have seen: it misses what they never said and may raise alarms on
homonyms they never met. The figures are from texts like the training data; measure on your own with
`threat-topics evaluate --on FILE.jsonl` before you rely on it.

## Hyperparameters
{options}

## How to get started
`threat-topics tag article.txt --model FOLDER`, where FOLDER holds this file.
"""
