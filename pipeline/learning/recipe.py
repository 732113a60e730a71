"""The recipe: every option of a training run in one record, as TOML.

Each room owns its options; this file only composes them, reads and writes them, and refuses unknown keys.
"""

from __future__ import annotations

import collections.abc
import json
import math
import types
import typing
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.errors import RecipeError, unknown_key
from pipeline.files import read_toml
from pipeline.learning.estimator import EstimatorOptions
from pipeline.learning.features import FeatureOptions
from pipeline.learning.objectives import DecisionOptions

SEARCH = "search"  # the table of a recipe file that says what to try around it


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """How the recipe is judged.

    Attributes:
        folds: outer folds.
        inner_folds: folds inside each training part, for calibration and thresholds.
        repeats: how often everything is dealt anew.
        rounds: bootstrap rounds of the intervals.
    """

    folds: int = 5
    inner_folds: int = 4
    repeats: int = 1
    rounds: int = 1000

    def __post_init__(self) -> None:
        for name, least in (("folds", 2), ("inner_folds", 2), ("repeats", 1), ("rounds", 100)):
            value = getattr(self, name)
            if value < least:
                raise RecipeError(f"evaluation.{name}: is {value!r}; must be {least} or more")


@dataclass(frozen=True, slots=True)
class DataOptions:
    """What is learnt from.

    Attributes:
        shipped: in a project of one's own, whether the shipped articles and labels are learnt from as well.
        own_weight: weight of one's own paragraphs against 1 for each shipped one.
        min_positives: positive paragraphs a topic needs before it can be learnt.
        paragraphs: learn from so many paragraphs only, whole articles drawn by the seed; 0 for all.
    """

    shipped: bool = False
    own_weight: float = 1.0
    min_positives: int = 5
    paragraphs: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.own_weight < math.inf:
            raise RecipeError(f"data.own_weight: is {self.own_weight!r}; must be a finite number greater than 0")
        if self.min_positives < 1:
            raise RecipeError(f"data.min_positives: is {self.min_positives!r}; must be 1 or more")
        if self.paragraphs < 0:
            raise RecipeError(f"data.paragraphs: is {self.paragraphs!r}; must be 0 for all, or more")


@dataclass(frozen=True, slots=True)
class Recipe:
    """All options of a run; the defaults are plain ones, the shipped recipe is ``experiments/default.toml``.

    Attributes:
        name: names the run and the model.
        seed: the one seed, of folds and intervals.
    """

    name: str = "default"
    seed: int = 0
    data: DataOptions = field(default_factory=DataOptions)
    features: FeatureOptions = field(default_factory=FeatureOptions)
    estimator: EstimatorOptions = field(default_factory=EstimatorOptions)
    decision: DecisionOptions = field(default_factory=DecisionOptions)
    evaluation: EvaluationOptions = field(default_factory=EvaluationOptions)

    def __post_init__(self) -> None:
        if not self.name or not all(c.isalnum() or c in "-_." for c in self.name) or self.name.startswith("."):
            raise RecipeError(
                f"name: is {self.name!r}; must be letters, digits, '-', '_' and '.' only, as it names a folder"
            )
        if not 0 <= self.seed < 2**32:
            raise RecipeError(f"seed: is {self.seed!r}; must be from 0 to {2**32 - 1}")

    def to_dict(self) -> dict[str, Any]:
        """Nested plain values, the inverse of ``recipe_from_dict``."""
        return asdict(self)

    def to_toml(self) -> str:
        """The recipe as a file that ``load_recipe`` reads back.

        >>> Recipe().to_toml().splitlines()[:4]
        ['name = "default"', 'seed = 0', '', '[data]']
        """
        return "\n".join(_toml(self.to_dict(), "")) + "\n"

    def changed(self, section: str, **values: object) -> Recipe:
        """A copy with some options of one section replaced; ``None`` leaves an option as it is."""
        given = {key: value for key, value in values.items() if value is not None}
        return replace(self, **{section: replace(getattr(self, section), **given)}) if given else self


def _toml(values: dict[str, Any], table: str) -> list[str]:
    """Lines of one table and the tables inside it; an empty one is left out."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items() if not isinstance(value, dict)]
    lines = ["", f"[{table}]", *lines] if table and lines else lines
    for key, value in values.items():
        if isinstance(value, dict):
            lines += _toml(value, f"{table}.{key}" if table else key)
    return lines


def recipe_from_dict(values: dict[str, Any], where: str) -> Recipe:
    """Build a recipe from plain values.

    Raises:
        RecipeError: an unknown key, a value of the wrong type or out of range; names ``where`` and the key.
    """
    return typing.cast("Recipe", _build(Recipe, values, where, ""))


def load_recipe(path: Path) -> Recipe:
    """Read a recipe file; keys that are absent keep their defaults, but ``name`` is the file's own stem if not given.

    A table ``[search]`` is left alone: it is for ``search_space``.
    """
    values = {key: value for key, value in read_toml(path, RecipeError).items() if key != SEARCH}
    return recipe_from_dict({"name": path.stem, **values}, str(path))


def _build(kind: type[Any], values: dict[str, Any], where: str, prefix: str) -> object:
    hints = typing.get_type_hints(kind)
    known = [f.name for f in fields(kind)]
    built: dict[str, object] = {}
    for key, value in values.items():
        if key not in hints:
            raise RecipeError(unknown_key(where, prefix + key, [prefix + name for name in known]))
        wanted = hints[key]
        if is_dataclass(wanted):
            if not isinstance(value, dict):
                raise RecipeError(f"{where}: {prefix}{key}: is {value!r}; must be a table [{key}]")
            built[key] = _build(typing.cast("type[Any]", wanted), value, where, f"{prefix}{key}.")
        else:
            built[key] = _typed(value, wanted, f"{where}: {prefix}{key}")
    try:
        return kind(**built)
    except RecipeError as error:
        raise RecipeError(f"{where}: {error}" if where not in str(error) else str(error)) from None


def _typed(value: object, wanted: type[Any] | types.UnionType, where: str) -> object:
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if typing.get_origin(wanted) is collections.abc.Mapping:
        if not isinstance(value, dict) or not all(isinstance(inner, dict) for inner in value.values()):
            raise RecipeError(f"{where}: is {value!r}; must be tables, one a topic")
        return value
    if not isinstance(wanted, type) or type(value) is not wanted:
        name = wanted.__name__ if isinstance(wanted, type) else str(wanted)
        raise RecipeError(f"{where}: is {value!r}; must be of type {name}")
    return value
