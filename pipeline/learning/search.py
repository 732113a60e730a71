"""Search for a recipe without fooling oneself: candidates are chosen inside training folds, and judged outside them.

For every outer fold the candidates are scored by an inner, article-grouped cross-validation of its training part, and
the best one answers for the part left out: the figure of the whole search is of those answers (Varma & Simon 2006,
nested cross-validation). Where the outer folds are parts (regions, say), so are the inner ones that candidates are
chosen by, or what only helps at home would win; calibration and thresholds come from folds by article, as in training.
The candidate that is kept in the end is the best by the mean of the inner scores. Each finished piece, a candidate on
an outer fold, is a file, so that a search goes on where it was stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from joblib import delayed
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset
from pipeline.annotation.lexicon import Lexicon
from pipeline.errors import InputError, LabelError
from pipeline.files import canonical_json, read_utf8, sha256_text, write_text
from pipeline.learning.decision import decide
from pipeline.learning.estimator import fit_topics, score_topics
from pipeline.learning.evaluation import Answers, inner_scores
from pipeline.learning.features import Counts, FeatureOptions, count
from pipeline.learning.folds import Split, assign_folds
from pipeline.learning.metrics import average_precisions, confusion
from pipeline.learning.objectives import fit_rules
from pipeline.learning.parallel import carried_out
from pipeline.learning.recipe import Recipe
from pipeline.learning.search_space import Candidate
from pipeline.learning.training import require_learnable

Array = NDArray[Any]

CRITERIA = ("average_precision", "f1")  # macro over topics


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of work was done.

    Attributes:
        made: pieces made by this call.
        whole: pieces this call has to make; those kept from an earlier one are not counted.
        candidate: the one in hand.
        inner: its mean inner criterion once its last piece is there, else ``None``.
    """

    made: int
    whole: int
    candidate: Candidate
    inner: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A candidate on one outer fold.

    Attributes:
        inner: criterion -> macro figure of the inner cross-validation.
        P: probabilities of the part left out, float (m, k).
        T: its tags, bool (m, k).
        seconds: what it took.
    """

    inner: dict[str, float]
    P: Array
    T: Array
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """One candidate, tried on every outer fold.

    Attributes:
        candidate: what it changes.
        inner: mean of its inner criterion over the outer folds.
        answers: of every paragraph, by models that never saw its article.
        won: outer folds that chose it.
        seconds: what all of it took, counting apart.
    """

    candidate: Candidate
    inner: float
    answers: Answers
    won: int
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class SearchResult:
    """What a search found.

    Attributes:
        tried: candidates, the best by inner criterion first.
        answers: of the search as a whole: each part is answered by the candidate that its training part chose.
        untried: candidates that the time did not suffice for.
        column: whose values were left out, "" for folds dealt by article.
    """

    tried: tuple[Tried, ...]
    answers: Answers
    untried: tuple[Candidate, ...]
    column: str


def fingerprint(dataset: Dataset, lexicon: Lexicon, fold: Array, column: str, version: str) -> str:
    """What a kept piece depends on besides its candidate's recipe: hex SHA-256 of data, lists, folds and program."""
    return sha256_text(canonical_json([dataset.fingerprint, asdict(lexicon), fold.tolist(), column, version]))


def search(
    dataset: Dataset,
    lexicon: Lexicon,
    recipe: Recipe,
    candidates: Sequence[Candidate],
    *,
    criterion: str,
    folder: Path,
    version: str,
    jobs: int,
    goes_on: Callable[[], bool],
    told: Callable[[Step], None],
    clock: Callable[[], float],
    split: Split | None = None,
) -> SearchResult:
    """Try candidates on the same folds.

    Args:
        dataset: the labelled paragraphs.
        lexicon: term lists.
        recipe: what the candidates change; its seed and evaluation options deal the folds.
        candidates: in the order in which they are tried, one after the other.
        criterion: "average_precision" or "f1", macro over topics.
        folder: where pieces are kept; those of other data, folds or programs lie under another name.
        version: of the package.
        jobs: processes, -1 or 0 for all cores.
        goes_on: asked before each candidate that needs work, but the first; when it says no, that one stays untried.
        told: called after each piece.
        clock: seconds, handed in; called in other processes too.
        split: outer parts given from outside; ``None`` to deal folds by article.

    Raises:
        LabelError: the labels do not suffice, or a split has fewer than three parts.
        InputError: a kept piece is damaged.
    """
    require_learnable(dataset, recipe)
    if split and len(split.values) < 3:
        raise LabelError(
            f"column {split.column!r}: has two values; a search leaves out two at a time, one to choose by and one to "
            "judge on, and needs three; search by another column"
        )
    fold = split.fold if split else _deal(dataset, recipe)
    parts, column = np.unique(fold).tolist(), split.column if split else ""
    kept = folder / fingerprint(dataset, lexicon, fold, column, version)[:16]
    lacking = [[f for f in parts if not _path(kept, candidate, f).exists()] for candidate in candidates]
    made, whole = 0, sum(map(len, lacking))
    tried: list[tuple[Candidate, list[Piece]]] = []
    untried: list[Candidate] = []
    counted: tuple[FeatureOptions, Counts] | None = None
    # Candidates that cut text alike stand side by side and share one counting.
    for candidate, missing in zip(candidates, lacking, strict=True):
        if missing and made and not goes_on():
            untried.append(candidate)
            continue
        features = candidate.recipe.features
        if missing and (counted is None or counted[0] != features):
            counted = features, count(dataset.texts, features, lexicon)
        if missing and counted is not None:
            work = (
                delayed(_piece)(counted[1], dataset, candidate.recipe, fold, f, clock, by_part=split is not None)
                for f in missing
            )
            # Kept as they come: a slow piece must not hold back others that are done when somebody stops the search.
            for done, (f, piece) in enumerate(carried_out(work, jobs, in_order=False), 1):
                _keep(_path(kept, candidate, f), piece)
                made += 1
                if done < len(missing):
                    told(Step(made, whole, candidate, None))
        tried.append((candidate, [_read(_path(kept, candidate, f), dataset, fold == f) for f in parts]))
        if missing:
            told(Step(made, whole, candidate, _mean(tried[-1][1], criterion)))
    return _result(dataset, fold, tried, tuple(untried), criterion, column)


def _deal(dataset: Dataset, recipe: Recipe) -> Array:
    folds, seed = recipe.evaluation.folds, recipe.seed
    return assign_folds(dataset.Y, dataset.known, dataset.groups, folds=folds, seed=seed)


def _piece(
    counts: Counts, dataset: Dataset, recipe: Recipe, fold: Array, f: int, clock: Callable[[], float], *, by_part: bool
) -> tuple[int, Piece]:
    """A candidate on outer fold ``f``, and ``f``."""
    began = clock()
    d, train, test = dataset, np.flatnonzero(fold != f), np.flatnonzero(fold == f)
    folds, seed = recipe.evaluation.inner_folds, recipe.seed + 1 + f
    S = inner_scores(counts, d, train, recipe, folds=folds, seed=seed)
    Y, known, ones = d.Y[train], d.known[train], np.ones(len(train))
    rules = fit_rules(S, Y, known, recipe.decision, d.codebook.keys)
    if by_part:
        folds = min(folds, len(np.unique(fold[train])))
        S = inner_scores(counts, d, train, recipe, folds=folds, seed=seed, together=fold)
    f1 = confusion(decide(rules.probabilities(S), rules.thresholds), Y, known, ones).f1
    inner = {"average_precision": _macro(average_precisions(S, Y, known, ones)), "f1": _macro(f1)}
    fits = fit_topics(counts, d.codebook.keys, d.Y, d.known, d.weight, train, recipe.features, recipe.estimator)
    P = rules.probabilities(score_topics(fits, counts, test))
    return f, Piece(inner, P, decide(P, rules.thresholds), clock() - began)


def _macro(figures: Array) -> float:
    defined = figures[~np.isnan(figures)]
    return float(defined.mean()) if len(defined) else 0.0


def _path(folder: Path, candidate: Candidate, f: int) -> Path:
    return folder / f"{sha256_text(canonical_json(candidate.recipe.to_dict()))[:16]}-{f}.json"


def _keep(path: Path, piece: Piece) -> None:
    kept = {"inner": piece.inner, "P": piece.P.tolist(), "T": piece.T.astype(int).tolist(), "seconds": piece.seconds}
    write_text(path, canonical_json(kept))


def _read(path: Path, dataset: Dataset, rows: Array) -> Piece:
    try:
        kept = json.loads(read_utf8(path))
        P, T = np.array(kept["P"], dtype=float), np.array(kept["T"], dtype=bool)
        inner = {name: float(kept["inner"][name]) for name in CRITERIA}
        fits = P.shape == T.shape == dataset.Y[rows].shape
        piece = Piece(inner, P, T, float(kept["seconds"]))
    except (ValueError, KeyError, TypeError):
        fits, piece = False, None
    if piece is None or not fits:
        raise InputError(f"{path}: is no piece of this search; delete the file, it will be made again")
    return piece


def _mean(pieces: list[Piece], criterion: str) -> float:
    return float(np.mean([piece.inner[criterion] for piece in pieces]))


def _result(
    dataset: Dataset,
    fold: Array,
    tried: list[tuple[Candidate, list[Piece]]],
    untried: tuple[Candidate, ...],
    criterion: str,
    column: str,
) -> SearchResult:
    parts = np.unique(fold).tolist()
    winner = [int(np.argmax([pieces[place].inner[criterion] for _, pieces in tried])) for place in range(len(parts))]
    lines = []
    for number, (candidate, pieces) in enumerate(tried):
        answers, seconds = _joined(dataset, fold, iter(pieces)), sum(piece.seconds for piece in pieces)
        lines.append(Tried(candidate, _mean(pieces, criterion), answers, winner.count(number), seconds))
    chosen = (tried[number][1][place] for place, number in enumerate(winner))
    lines.sort(key=lambda line: -line.inner)
    return SearchResult(tuple(lines), _joined(dataset, fold, chosen), untried, column)


def _joined(dataset: Dataset, fold: Array, pieces: Iterator[Piece]) -> Answers:
    """The answers of each part put together; shape (1, n, k)."""
    P, T = np.empty(dataset.Y.shape), np.empty(dataset.Y.shape, dtype=bool)
    for f, piece in zip(np.unique(fold).tolist(), pieces, strict=True):
        P[fold == f], T[fold == f] = piece.P, piece.T
    return Answers(P[None], T[None])
