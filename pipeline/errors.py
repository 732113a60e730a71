"""The errors a user can cause, apart from everything else so that any room may raise them.

Each message is one sentence that says what is wrong, where (``file:line``, key, value) and what to do.
The command line prints it and ends with exit code 2; nothing here knows about exit codes or printing.
"""

from __future__ import annotations


class PipelineError(Exception):
    """Something the user can mend; the message says how."""


class InputError(PipelineError):
    """A text, table or stream that cannot be read as what it claims to be."""


class LabelError(PipelineError):
    """A codebook, lexicon, label file or sheet that contradicts itself or its articles."""


class RecipeError(PipelineError):
    """An option or recipe key that is unknown, of the wrong type, or impossible to satisfy."""


class ModelError(PipelineError):
    """A model folder that is missing, incomplete, altered or of another format."""


class ProjectError(PipelineError):
    """No project, or no part of it that is needed, where it was looked for."""


class MissingExtraError(PipelineError):
    """An optional package is needed and not installed."""


def unknown_key(where: str, key: str, known: tuple[str, ...] | list[str]) -> str:
    """One sentence for a key or value that is not among the known ones.

    >>> unknown_key("recipe.toml", "alpha", ["C", "seed"])
    "recipe.toml: unknown key 'alpha'; known are: C, seed"
    """
    return f"{where}: unknown key {key!r}; known are: {', '.join(known)}"
