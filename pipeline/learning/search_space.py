"""What a search tries: the table ``[search]`` of a recipe file, and the candidates it makes.

    [search]
    draws = 0                        # 0 for every combination, else so many of them drawn by the recipe's seed
    [search.options]
    "estimator.C" = [1, 10, 100]     # section and option of the recipe, and the values to try
    "features.prefix" = [0, 5]

Other verbs read the same file and leave the table alone.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import RecipeError, unknown_key
from pipeline.files import canonical_json, read_toml
from pipeline.learning.recipe import SEARCH, Recipe, load_recipe, recipe_from_dict

MOST = 10_000  # combinations; more than a person means


@dataclass(frozen=True, slots=True)
class Candidate:
    """One combination.

    Attributes:
        name: what it changes, for people.
        recipe: the recipe so changed.
    """

    name: str
    recipe: Recipe


def load_candidates(path: Path) -> tuple[Recipe, tuple[Candidate, ...]]:
    """The recipe of a file, and what its table ``[search]`` makes of it.

    Returns:
        The recipe as it stands, and the candidates, those that cut text alike side by side.

    Raises:
        RecipeError: there is no such table, or it names an option or a value that the recipe cannot have.
    """
    recipe, table = load_recipe(path), read_toml(path, RecipeError).get(SEARCH)
    if not isinstance(table, dict):
        raise RecipeError(f"{path}: has no table [search.options] that says what to try; add one")
    for key in table:
        if key not in {"draws", "options"}:
            raise RecipeError(unknown_key(str(path), f"search.{key}", ["search.draws", "search.options"]))
    draws, options = table.get("draws", 0), table.get("options", {})
    if type(draws) is not int or draws < 0:
        raise RecipeError(f"{path}: search.draws: is {draws!r}; must be 0 for all combinations, or their number")
    if not isinstance(options, dict) or not options:
        raise RecipeError(f"{path}: search.options: is empty or no table; write a list of values for each option")
    for name, values in options.items():
        _require_values(values, f"{path}: search.options.{name}")
    combinations = list(itertools.islice(itertools.product(*options.values()), MOST + 1))
    if len(combinations) > MOST:
        raise RecipeError(f"{path}: search.options: make more than {MOST} combinations; take values out")
    if draws and draws < len(combinations):
        drawn = np.random.default_rng(recipe.seed).choice(len(combinations), draws, replace=False)
        combinations = [combinations[i] for i in sorted(drawn.tolist())]
    found = [_candidate(recipe, dict(zip(options, values, strict=True)), path) for values in combinations]
    return recipe, tuple(sorted(found, key=lambda candidate: canonical_json(candidate.recipe.to_dict()["features"])))


def _require_values(values: object, where: str) -> None:
    if not isinstance(values, list) or not values:
        raise RecipeError(f"{where}: is {values!r}; must be a list of values to try")
    if any(value in values[:place] for place, value in enumerate(values)):
        raise RecipeError(f"{where}: has a value twice in {values!r}; take one out")


def _candidate(recipe: Recipe, changes: dict[str, Any], path: Path) -> Candidate:
    values = recipe.to_dict()
    for name, value in changes.items():
        section, _, option = name.partition(".")
        table = values.get(section)
        if not isinstance(table, dict) or option not in table or section in {"data", "evaluation"}:
            known = [f"{s}.{o}" for s in ("features", "estimator", "decision") for o in values[s]]
            raise RecipeError(unknown_key(f"{path}: search.options", name, known))
        table[option] = value
    name = ", ".join(f"{key.partition('.')[2]} {value}" for key, value in changes.items())
    return Candidate(name, recipe_from_dict(values, f"{path}: search.options"))
