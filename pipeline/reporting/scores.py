"""Out-of-fold probabilities of a run, by paragraph: what models that never saw its article say of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.errors import InputError

SCORES = "out_of_fold.csv"


def out_of_fold_probabilities(run: Path, keys: tuple[str, ...]) -> dict[str, tuple[float, ...]]:
    """Paragraph id -> k probabilities in the order of ``keys``, each the mean over repeats.

    Args:
        run: the folder of a run.
        keys: the topics wanted.

    Raises:
        InputError: the table is missing or broken, or lacks a topic.
    """
    path = run / SCORES
    cure = "run `threat-topics evaluate` again"
    names = [f"{key}_probability" for key in keys]
    try:
        table = pd.read_csv(
            path, usecols=lambda name: name in {"paragraph", *names}, dtype={"paragraph": str}, keep_default_na=False
        )
        found = table.astype(dict.fromkeys(names, float)).groupby("paragraph", sort=False)[names].mean()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; {cure}") from None
    except KeyError as error:
        raise InputError(f"{path}: has no column {error}; {cure}") from None
    except ValueError as error:
        raise InputError(f"{path}: is not a table of probabilities ({error}); {cure}") from None
    rows = zip(found.index, found.to_numpy().tolist(), strict=True)
    return {str(paragraph): tuple(row) for paragraph, row in rows}
