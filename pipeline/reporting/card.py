"""The model card that lies beside a model, for people (headings of Mitchell et al. 2019)."""

from __future__ import annotations

from dataclasses import replace

from pipeline.learning.model import Model
from pipeline.learning.persist import EVIDENCE, Evidence
from pipeline.learning.thresholds import AFTER, cuts
from pipeline.learning.training import Evaluation, describe, evidence_of
from pipeline.reporting.decisions import thresholds_section
from pipeline.reporting.report import RULES, headline
from pipeline.reporting.sections import interval, markdown

THRESHOLDS = "\n## Thresholds\n"


def card_with_thresholds(card: str, old: Model, new: Model, evidence: Evidence) -> str:
    """A model's card after its thresholds were set anew: another table, another hash, the rest as people left it.

    Args:
        card: of ``old``.
        old: the model as it was.
        new: the model with other thresholds.
        evidence: what they were chosen on.
    """
    head, found, rest = card.replace(old.sha256, new.sha256).partition(THRESHOLDS)
    tail = rest[rest.find("\n## ") :] if found and "\n## " in rest else ""
    return f"{head.rstrip()}\n{THRESHOLDS}{_thresholds(new, evidence)}\n{tail}"


def _thresholds(model: Model, evidence: Evidence) -> str:
    """What stands under the heading: what they were chosen on, what was set after training, and the table."""
    section = thresholds_section(cuts(model, evidence))
    text = [
        *section.text,
        f"The scores, {len(evidence.S)} a topic, lie beside this file in `{EVIDENCE}` (SHA-256 `{evidence.sha256}`).",
    ]
    if changed := model.facts.get(AFTER, {}).get("topics", {}):
        told = [f"{key}, {row['aim']} (when trained {row['threshold']:.3f})" for key, row in sorted(changed.items())]
        text.append(
            f"Set after training, the weights as they were: {'; '.join(told)}. Precision, recall and F1 elsewhere in this "
            "card are those of the thresholds when trained; average precision needs none."
        )
    return markdown((replace(section, text=tuple(text)),)).partition("\n")[2].rstrip()


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
{THRESHOLDS}{_thresholds(model, evidence_of(evaluation))}

## Bias, risks, limitations
A linear model knows only the words its labels have seen: it misses what they never said and may raise alarms on
homonyms they never met. The figures are from texts like the training data; measure on your own with
`threat-topics evaluate --on FILE.jsonl` before you rely on it.

## Hyperparameters
{options}

## How to get started
`threat-topics tag article.txt --model FOLDER`, where FOLDER holds this file.
"""
