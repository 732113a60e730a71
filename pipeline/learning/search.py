"""Search for a recipe without fooling oneself: candidates are chosen inside training folds, and judged outside them.

For every outer fold the candidates are scored by an inner, article-grouped cross-validation of its training part, and
the best one answers for the part left out: the figure of the whole search is of those answers (Varma & Simon 2006,
nested cross-validation). The candidate that is kept in the end is the best by the mean of the inner scores. Each
finished piece, a candidate on an outer fold, is a file, so that a search goes on where it was stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.annotation.lexicon import Lexicon
from pipeline.errors import InputError
from pipeline.files import canonical_json, read_utf8, sha256_text, write_text
from pipeline.learning.decision import decide
from pipeline.learning.estimator import fit_topics, score_topics
from pipeline.learning.evaluation import Answers, inner_scores
from pipeline.learning.features import Counts, FeatureOptions, count
from pipeline.learning.folds import Split, assign_folds
from pipeline.learning.metrics import average_precisions, confusion
from pipeline.learning.objectives import fit_rules
from pipeline.learning.recipe import Recipe
from pipeline.learning.search_space import Candidate

Array = NDArray[Any]
Told = Callable[[int, int, float], None]

CRITERIA = ("average_precision", "f1")  # macro over topics


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A candidate on one outer fold.

    Attributes:
        inner: criterion -> macro figure of the inner cross-validation.
        P: probabilities of the part left out, float (m, k).
        T: its tags, bool (m, k).
    """

    inner: dict[str, float]
    P: Array
    T: Array


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """One candidate, tried on every outer fold.

    Attributes:
        candidate: what it changes.
        inner: mean of its inner criterion over the outer folds.
        answers: of every paragraph, by models that never saw its article.
        won: outer folds that chose it.
    """

    candidate: Candidate
    inner: float
    answers: Answers
    won: int


@dataclass(frozen=True, slots=True, eq=False)
class SearchResult:
    """What a search found.

    Attributes:
        tried: candidates, the best by inner criterion first.
        answers: of the search as a whole: each part is answered by the candidate that its training part chose.
        untried: candidates that the time did not suffice for.
    """

    tried: tuple[Tried, ...]
    answers: Answers
    untried: tuple[Candidate, ...]


def fingerprint(dataset: Dataset, lexicon: Lexicon, recipe: Recipe, split: Split | None) -> str:
    """What a kept piece depends on besides its candidate: hex SHA-256 of data, lists, recipe and folds."""
    column = split.column if split else ""
    return sha256_text(canonical_json([dataset.fingerprint, asdict(lexicon), recipe.to_dict(), column]))


def search(
    dataset: Dataset,
    lexicon: Lexicon,
    recipe: Recipe,
    candidates: Sequence[Candidate],
    *,
    criterion: str,
    folder: Path,
    jobs: int,
    goes_on: Callable[[], bool],
    told: Told,
    split: Split | None = None,
) -> SearchResult:
    """Try candidates on the same folds.

    Args:
        dataset: the labelled paragraphs.
        lexicon: term lists.
        recipe: what the candidates change; its seed and evaluation options deal the folds.
        candidates: in the order in which they are tried, one after the other.
        criterion: "average_precision" or "f1", macro over topics.
        folder: where pieces are kept; those of other data or another recipe lie under another name.
        jobs: processes, -1 for all cores.
        goes_on: asked before each candidate but the first; when it says no, the rest stays untried.
        told: called with (candidates done, candidates in all, the last one's inner criterion).
        split: outer parts given from outside; ``None`` to deal folds by article.
    """
    fold = split.fold if split else _deal(dataset, np.arange(len(dataset.groups)), recipe.evaluation.folds, recipe.seed)
    kept = folder / fingerprint(dataset, lexicon, recipe, split)[:16]
    tried: list[tuple[Candidate, list[Piece]]] = []
    counted: tuple[FeatureOptions, Counts] | None = None
    # Candidates that cut text alike stand side by side and share one counting.
    for candidate in candidates:
        if tried and not goes_on():
            break
        features = candidate.recipe.features
        missing = [f for f in np.unique(fold).tolist() if not _path(kept, candidate, f).exists()]
        if missing and (counted is None or counted[0] != features):
            counted = features, count(dataset.texts, features, lexicon)
        if missing and counted is not None:
            work = (delayed(_piece)(counted[1], dataset, candidate.recipe, fold, f) for f in missing)
            for f, piece in zip(missing, Parallel(n_jobs=jobs, return_as="generator")(work), strict=True):
                _keep(_path(kept, candidate, f), piece)
        tried.append((candidate, [_read(_path(kept, candidate, f)) for f in np.unique(fold).tolist()]))
        told(len(tried), len(candidates), _mean(tried[-1][1], criterion))
    return _result(dataset, fold, tried, tuple(candidates[len(tried) :]), criterion)


def _deal(dataset: Dataset, rows: Array, folds: int, seed: int) -> Array:
    return assign_folds(dataset.Y[rows], dataset.known[rows], dataset.groups[rows], folds=folds, seed=seed)


def _piece(counts: Counts, dataset: Dataset, recipe: Recipe, fold: Array, f: int) -> Piece:
    train, test = np.flatnonzero(fold != f), np.flatnonzero(fold == f)
    d, folds = dataset, recipe.evaluation.inner_folds
    S = inner_scores(counts, d, train, recipe, folds=folds, seed=recipe.seed + 1 + f)
    Y, known, ones = d.Y[train], d.known[train], np.ones(len(train))
    rules = fit_rules(S, Y, known, recipe.decision, d.codebook.keys)
    f1 = confusion(decide(rules.probabilities(S), rules.thresholds), Y, known, ones).f1
    inner = {"average_precision": _macro(average_precisions(S, Y, known, ones)), "f1": _macro(f1)}
    fits = fit_topics(
        counts, d.codebook.keys, d.Y, d.known, d.weight, train, recipe.features, recipe.estimator, recipe.seed
    )
    P = rules.probabilities(score_topics(fits, counts, test))
    return Piece(inner, P, decide(P, rules.thresholds))


def _macro(figures: Array) -> float:
    defined = figures[~np.isnan(figures)]
    return float(defined.mean()) if len(defined) else 0.0


def _path(folder: Path, candidate: Candidate, f: int) -> Path:
    return folder / f"{sha256_text(canonical_json(candidate.recipe.to_dict()))[:16]}-{f}.json"


def _keep(path: Path, piece: Piece) -> None:
    write_text(path, canonical_json({"inner": piece.inner, "P": piece.P.tolist(), "T": piece.T.astype(int).tolist()}))


def _read(path: Path) -> Piece:
    try:
        kept = json.loads(read_utf8(path))
        return Piece(kept["inner"], np.array(kept["P"], dtype=float), np.array(kept["T"], dtype=bool))
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path}: is no piece of a search; delete the file, it will be made again") from None


def _mean(pieces: list[Piece], criterion: str) -> float:
    return float(np.mean([piece.inner[criterion] for piece in pieces]))


def _result(
    dataset: Dataset,
    fold: Array,
    tried: list[tuple[Candidate, list[Piece]]],
    untried: tuple[Candidate, ...],
    criterion: str,
) -> SearchResult:
    parts = np.unique(fold).tolist()
    winner = [int(np.argmax([pieces[place].inner[criterion] for _, pieces in tried])) for place in range(len(parts))]
    lines = [
        Tried(candidate, _mean(pieces, criterion), _joined(dataset, fold, iter(pieces)), winner.count(number))
        for number, (candidate, pieces) in enumerate(tried)
    ]
    chosen = (tried[number][1][place] for place, number in enumerate(winner))
    lines.sort(key=lambda line: -line.inner)
    return SearchResult(tuple(lines), _joined(dataset, fold, chosen), untried)


def _joined(dataset: Dataset, fold: Array, pieces: Iterator[Piece]) -> Answers:
    """The answers of each part put together; shape (1, n, k)."""
    P, T = np.empty(dataset.Y.shape), np.empty(dataset.Y.shape, dtype=bool)
    for f, piece in zip(np.unique(fold).tolist(), pieces, strict=True):
        P[fold == f], T[fold == f] = piece.P, piece.T
    return Answers(P[None], T[None])
