"""The command line: one small function a verb, one file a family of verbs.

Results go to stdout, talk to stderr; the clock is read here (``options.now``) and nowhere below. A verb's file is
imported when the verb is called, so that tagging does not wait for what only training needs.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from pipeline import __version__
from pipeline.cli.options import talk
from pipeline.errors import PipelineError

USER_MISTAKE = 2
INTERRUPTED = 130  # what a shell calls a program that Ctrl-C ended

# Verb, the file it lives in, and its line in --help (the first sentence of its docstring; a test compares them).
VERBS = {
    "train": ("learn", "Train a recipe, print its cross-validation report and keep the model."),
    "evaluate": ("learn", "Cross-validate a recipe thoroughly, or score a trained model on outside text."),
    "report": ("report", "Print where the HTML report of a run is, and open it."),
    "leaderboard": ("experiment", "Run every recipe on the same folds and print how they compare."),
    "search": ("experiment", "Search around a recipe for a better one, choosing inside training folds."),
    "compare": ("compare", "Show which tags differ between two recipes, runs or models, and the terms behind it."),
    "thresholds": ("thresholds", "Show a model's thresholds and what others would cost, or set them without training."),
    "gain": ("gain", "Show what the newest labels changed on held-out paragraphs."),
    "gate": ("gate", "Fail if a figure of the default recipe fell below its pinned floor."),
    "tag": ("tag", "Tag articles and their paragraphs."),
    "serve": ("serve", "Open the workbench in the browser: tag, label, review."),
    "sheet": ("labels", "Write a sheet to label articles in."),
    "import": ("labels", "Turn filled-in sheets into label lines."),
    "worklist": ("worklist", "Write a sheet of what to label or settle next."),
    "check": ("labels", "Lint codebook, labels and lexicon; exit 1 if anything is found."),
    "corpus": ("corpus", "Count a corpus and say whether its targets are met."),
    "agreement": ("corpus", "Compare annotators: Cohen's kappa and Krippendorff's alpha of each topic."),
    "behave": ("behave", "Try a model on short texts, by capability."),
    "info": ("about", "Say which model and project are in use."),
    "completion": ("about", "Print the completion script of a shell."),
}
_CURE = "check the place, its permissions and the room left on the disk"
ALIASES = {"eval": "evaluate", "predict": "tag", "suggest": "tag", "validate": "check"}


class _Verbs(click.Group):
    """Verbs loaded when called, the other names users expect, and errors as one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        verb = ALIASES.get(cmd_name, cmd_name)
        if verb not in VERBS:
            return None
        command = getattr(import_module(f"pipeline.cli.{VERBS[verb][0]}"), verb if verb != "import" else "import_")
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, summary) for verb, (_, summary) in VERBS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PipelineError as error:
            talk(f"threat-topics: {error}")
            ctx.exit(USER_MISTAKE)
        except BrokenPipeError:
            # The reader has gone; point stdout at nothing so that the interpreter's last flush is quiet as well.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            talk(f"threat-topics: {error.filename2 or error.filename or 'a file'}: {error.strerror or error}; {_CURE}")
            ctx.exit(USER_MISTAKE)
        except KeyboardInterrupt:
            talk("threat-topics: interrupted")
            ctx.exit(INTERRUPTED)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="threat-topics")
def main() -> None:
    """Tag English news paragraphs with threat topics, and show the words that earned each tag.

    \b
    Example:
      threat-topics tag article.txt
    """
