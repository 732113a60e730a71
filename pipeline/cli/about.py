"""The verbs that tell: ``info`` and ``completion``."""

from __future__ import annotations

import json
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from pipeline import __version__
from pipeline.cli.options import model_of, model_option, near, project_option
from pipeline.learning.persist import load_folder
from pipeline.learning.thresholds import AFTER
from pipeline.project import enclosing_project


@click.command()
@model_option
@project_option
@click.option("--json", "as_json", is_flag=True, help="as JSON")
def info(model_path: Path | None, folder: Path | None, *, as_json: bool) -> None:
    """Say which model and project are in use.

    \b
    Example:
      threat-topics info --json
    """
    path = model_of(model_path, folder)
    model = load_folder(path)
    project = enclosing_project(folder or Path.cwd())
    dataset = model.facts.get("dataset", {})
    facts = {
        "program": __version__,
        "project": near(project.root) if project else None,
        "model": near(path),
        "name": model.name,
        "version": model.version,
        "sha256": model.sha256,
        "terms": len(model.terms),
        "thresholds": dict(zip(model.codebook.keys, model.thresholds.tolist(), strict=True)),
        "review": dict(zip(model.codebook.keys, model.review.tolist(), strict=True)),
        "decision": model.facts.get("decision", {}),
        "set_after_training": model.facts.get(AFTER),
        "dataset": dataset,
    }
    if as_json:
        click.echo(json.dumps(facts, indent=1))
        return
    for name in ("program", "project", "model", "name", "version", "sha256", "terms"):
        click.echo(f"{name:<10}{facts[name]}")
    click.echo(f"{'learnt':<10}{dataset.get('paragraphs', '?')} paragraphs of {dataset.get('articles', '?')} articles")
    for topic, threshold, review in zip(
        model.codebook.topics, model.thresholds.tolist(), model.review.tolist(), strict=True
    ):
        band = f", review from {review:.3f}" if review < threshold else ""
        if topic.key in model.facts.get(AFTER, {}).get("topics", {}):
            band += f", set after training ({model.facts['decision'][topic.key]})"
        click.echo(f"{topic.key:<15}threshold {threshold:.3f}{band}   {topic.definition}")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    Example:
      eval "$(threat-topics completion bash)"
    """
    kind = get_completion_class(shell)
    root = click.get_current_context().find_root()
    if kind is not None:
        click.echo(kind(root.command, {}, "threat-topics", "_THREAT_TOPICS_COMPLETE").source())
