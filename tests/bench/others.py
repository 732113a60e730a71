"""The section against other fast systems: fastText from Python, Vowpal Wabbit from file to file; word pairs in all."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.timing import Figure, Times, in_turns, one_core
from tests.bench.world import World, tell

Array = NDArray[Any]

LEARNT = 20_000  # paragraphs they are trained on, once over: only their speed is looked at
NONE = "none"  # fastText passes over lines without a label in silence
MARKUP = re.compile(r"[:|\n\r]")  # means something in Vowpal Wabbit's format


def fasttext_predict(world: World) -> dict[str, Callable[[], object]]:
    """Predictions of fastText for a list of texts that are lower-cased already."""
    import fasttext

    path = world.folder / "fasttext.txt"
    texts, Y = world.some(LEARNT)
    with path.open("w", encoding="utf-8") as stream:
        for text, row in zip(texts, Y, strict=True):
            labels = [str(j) for j in np.flatnonzero(row)] or [NONE]
            stream.write(" ".join([*(f"__label__{label}" for label in labels), text.lower()]) + "\n")
    tell("training fastText")
    options = {"dim": 16, "wordNgrams": 2, "loss": "ova", "epoch": 1, "seed": 0, "verbose": 0, "thread": 1}
    model = fasttext.train_supervised(input=str(path), **options)
    asked = [" ".join(text.lower().split()) for text in world.asked]
    return {"fastText": lambda: model.predict(asked, k=-1)}


def vowpal_predict(world: World) -> dict[str, Callable[[], object]]:
    """Vowpal Wabbit's labels for a file, written to a file; and the same for an empty file, which is its start alone."""
    import vowpalwabbit

    def lines(texts: list[str], rows: list[str]) -> str:
        return "".join(f"{row} | {MARKUP.sub(' ', text.lower())}\n" for row, text in zip(rows, texts, strict=True))

    def write(name: str, text: str) -> Path:
        path = world.folder / name
        path.write_text(text, "utf-8")
        return path

    texts, Y = world.some(LEARNT)
    model, out = world.folder / "vw.model", world.folder / "vw.out"
    train = write("vw.train", lines(texts, [",".join(map(str, np.flatnonzero(row))) for row in Y]))
    asked = write("vw.asked", lines(world.asked, [""] * len(world.asked)))
    empty = write("vw.empty", "")

    def run(*arguments: str) -> None:
        vowpalwabbit.Workspace(arg_list=["--quiet", *arguments]).finish()

    tell("training Vowpal Wabbit")
    k = str(Y.shape[1])
    run("--multilabel_oaa", k, "--ngram", "2", "-b", "22", "-d", str(train), "-f", str(model))
    predict = partial(run, "-t", "-i", str(model), "-p", str(out))
    return {"Vowpal Wabbit": lambda: predict("-d", str(asked)), "start": lambda: predict("-d", str(empty))}


def systems(world: World) -> list[Figure]:
    """The kernel against fastText and Vowpal Wabbit on the same texts; one that is not installed is named."""
    wanted = {
        "fastText": ("fasttext", fasttext_predict, 10.0, "from Python, text lower-cased already"),
        "Vowpal Wabbit": ("vowpalwabbit", vowpal_predict, 5.0, "file to file, labels only, without its start"),
    }
    calls: dict[str, Callable[[], object]] = {}
    absent = set()
    for name, (package, prepare, _, _) in wanted.items():
        try:
            importlib.import_module(package)
        except ImportError:
            absent.add(name)
            continue
        calls |= prepare(world)
    scorer, texts = world.kernel(2), world.asked
    calls["kernel"] = lambda: scorer.scores(texts)
    with one_core():
        times = in_turns(calls, world.sizes.rounds)
    if "start" in calls:
        whole, start = times.seconds["Vowpal Wabbit"], times.seconds["start"]
        net = [a - b for a, b in zip(whole, start, strict=True)]
        times = Times({**times.seconds, "Vowpal Wabbit": net})
    made = []
    for name, (_, _, goal, how) in wanted.items():
        what = f"kernel, words and pairs, list of str to scores, against {name}, word pairs, {how}"
        if name in absent:
            made.append(Figure("systems", what, None, goal=goal, note="not installed"))
            continue
        value, low, high = times.ratio(name, "kernel")
        made.append(Figure("systems", what, value, "x", low, high, goal))
    return made
