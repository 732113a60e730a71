"""The sections that measure whole processes: a cold start against scikit-learn's, and the memory of an archive run."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from pipeline.learning.bulk import COMPILED_FROM
from tests.bench.timing import ROOT, Figure, one_core, process, processes_in_turns, spread
from tests.bench.world import World, fit_pipeline

FLAT = 600.0  # MiB


def cold(world: World) -> list[Figure]:
    """One article from a cold shell, against a process that loads scikit-learn and a pipeline of the same data."""
    import joblib
    from sklearn.pipeline import make_pipeline

    article = ROOT / "data" / "example.txt"
    fitted = fit_pipeline(world.dataset.texts, world.dataset.Y, 2)
    stored = world.folder / "pipeline.joblib"
    joblib.dump(make_pipeline(fitted.vectoriser, fitted.classifier), stored)
    commands = {
        "ours": [*command(), "tag", str(article)],
        "sklearn": [sys.executable, "-m", "tests.bench.child", "predict", str(stored), str(article)],
    }
    names = (
        "one article from a cold shell, threat-topics tag against import, joblib.load and predict: time",
        "the same: peak memory",
    )
    goals = (0.14, 1 / 3)
    if not (world.project.model / "model.json").is_file():
        note = "no model is trained yet: make train"
        return [
            Figure("cold", name, None, "share", goal=goal, most=True, note=note)
            for name, goal in zip(names, goals, strict=True)
        ]
    texts = world.folder / "even.txt"
    texts.write_text("\n".join(world.dataset.texts[:1000]).replace("\r", " "), "utf-8")
    even = [sys.executable, "-m", "tests.bench.child", "even", str(world.project.model), str(texts)]
    with one_core():
        done = processes_in_turns(commands, world.sizes.rounds)
        paying = processes_in_turns({"even": even}, world.sizes.long_rounds)["even"]
    pairs = list(zip(done["ours"], done["sklearn"], strict=True))
    values = (spread([a.seconds / b.seconds for a, b in pairs]), spread([a.peak / b.peak for a, b in pairs]))
    notes = (
        f"{spread([a.seconds for a, _ in pairs])[0]:.2f} s against {spread([b.seconds for _, b in pairs])[0]:.2f} s",
        f"{spread([a.peak for a, _ in pairs])[0]:.0f} MiB against {spread([b.peak for _, b in pairs])[0]:.0f} MiB",
    )
    median, low, high = spread([float(run.lines[-1]) for run in paying])
    what = "paragraphs the plain scorer scores while the compiled one loads, whose code is kept already"
    return [
        *(
            Figure("cold", name, *_share(value), goal=goal, most=True, note=note)
            for name, value, goal, note in zip(names, values, goals, notes, strict=True)
        ),
        Figure("cold", what, median, "count", low, high, note=f"the choice by size: from {COMPILED_FROM:,} on"),
    ]


def archive(world: World) -> list[Figure]:
    """Peak memory of the archive run at two sizes; it is flat if they are alike."""
    made, peaks = [], []
    large = 1_000_000
    for number in (world.sizes.archive, world.sizes.large):
        if not number:
            what = f"peak memory of the archive run, {large:,} paragraphs"
            made.append(Figure("archive", what, None, "MiB", goal=FLAT, most=True, note="needs --large"))
            continue
        path, out = world.archive_file(number), world.folder / f"archive-{number}"
        done = process(*command(), "tag", str(path), "--out", str(out), "--workers", "1")
        shutil.rmtree(out)
        peaks.append(done.peak)
        what = f"peak memory of the archive run, {number:,} paragraphs"
        note = f"one worker, {number / done.seconds:,.0f} paragraphs a second"
        made.append(Figure("archive", what, done.peak, "MiB", goal=FLAT, most=True, note=note))
    if len(peaks) > 1:
        what = "the same, the large run against the small one"
        made.append(Figure("archive", what, peaks[1] / peaks[0], "share", goal=1.1, most=True))
    return made


def command() -> list[str]:
    """The installed command, or what it runs."""
    script = Path(sys.executable).parent / "threat-topics"
    return [str(script)] if script.exists() else [sys.executable, "-m", "pipeline"]


def _share(value: tuple[float, float, float]) -> tuple[float, str, float, float]:
    return value[0], "share", value[1], value[2]
