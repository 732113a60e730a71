"""The sections that time scoring: against scikit-learn, the default recipe, two threads, limits of the machine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from tests.bench.timing import Figure, in_turns, one_core
from tests.bench.world import World

NAMES = {1: "words", 2: "words and pairs"}
GOALS = {1: 30.0, 2: 45.0}
LIMIT_GOALS = {1: 0.5, 2: 0.25}
REPEATED = 3  # times the texts asked for, so that two threads have enough of them
CONTROL_STEPS = 60_000_000


def scoring(world: World) -> list[Figure]:
    """From a list of str to scores, against scikit-learn with the same weights."""
    made = []
    texts = world.asked
    calls: dict[str, Any] = {}
    for n in NAMES:
        calls[f"sklearn {n}"] = partial(world.pipeline(n).scores, texts)
        calls[f"kernel {n}"] = partial(world.kernel(n).scores, texts)
    with one_core():
        times = in_turns(calls, world.sizes.rounds)
    for n, name in NAMES.items():
        what = f"kernel, {name}, against TfidfVectorizer(1,{n}) and LinearSVC; list of str to scores"
        note = f"{len(world.pipeline(n).intercept)} topics, {world.pipeline(n).coef.shape[1]:,} terms"
        ratio = times.ratio(f"sklearn {n}", f"kernel {n}")
        made.append(Figure("scoring", what, *_figure(ratio), goal=GOALS[n], note=note))
    return made


def recipe(world: World) -> list[Figure]:
    """The default recipe's features as a share of the kernel's own speed with pairs."""
    from pipeline.errors import ModelError
    from pipeline.learning.kernel.score import CompiledScorer
    from pipeline.learning.persist import load_folder

    calls: dict[str, Any] = {"pairs": world.kernel(2), "recipe": world.default_kernel}
    try:
        calls["shipped"] = CompiledScorer.of(load_folder(world.project.model))
    except ModelError:
        calls["shipped"] = None
    texts = world.asked
    with one_core():
        times = in_turns({n: partial(s.scores, texts) for n, s in calls.items() if s is not None}, world.sizes.rounds)
    what = "default recipe (pairs, prefixes, listed terms), {}, against plain pairs; MB/s"
    note = f"{len(world.default_arrays[1]):,} terms against {world.pipeline(2).coef.shape[1]:,}"
    first = times.ratio("pairs", "recipe")
    made = [Figure("recipe", what.format("trained on the same corpus"), *_figure(first, "share"), goal=0.6, note=note)]
    if calls["shipped"] is None:
        return [
            *made,
            Figure("recipe", what.format("the project's model"), None, "share", note="no model is trained yet"),
        ]
    second = times.ratio("pairs", "shipped")
    return [
        *made,
        Figure("recipe", what.format("the project's model"), *_figure(second, "share"), note="a smaller model"),
    ]


def arithmetic() -> Any:
    """The control: integers only, next to no memory, no lock."""
    import numba

    def loop(steps: int) -> int:
        x = np.uint64(88172645463325252)
        for _ in range(steps):
            x ^= x << np.uint64(13)
            x ^= x >> np.uint64(7)
            x ^= x << np.uint64(17)
        return x

    made = numba.njit(nogil=True)(loop)
    made(1)
    return made


def threads(world: World) -> list[Figure]:
    """Two threads against one, with arithmetic alone beside it."""
    import pyarrow as pa

    loop, pool = arithmetic(), ThreadPoolExecutor(2)
    steps = CONTROL_STEPS
    arrow = pa.concat_arrays([world.arrow] * REPEATED)
    texts = world.asked * REPEATED
    scored = {
        "pairs, from Arrow": (world.kernel(2), arrow, 1.85),
        "words, from Arrow": (world.kernel(1), arrow, None),
        "default recipe, from Arrow": (world.default_kernel, arrow, 1.85),
        "pairs, from a list of str": (world.kernel(2), texts, None),
    }
    calls: dict[str, Any] = {"control 1": lambda: loop(steps), "control 2": lambda: list(pool.map(loop, [steps] * 2))}
    for name, (scorer, given, _) in scored.items():
        calls |= {f"{name} {t}": partial(scorer.scores, given, threads=t) for t in (1, 2)}
    times = in_turns(calls, world.sizes.rounds)
    pool.shutdown()
    control = times.ratio("control 1", "control 2", 2)[0]
    return [
        Figure(
            "threads",
            f"two threads against one, {name}",
            *_figure(times.ratio(f"{name} 1", f"{name} 2")),
            goal=goal,
            control=control,
        )
        for name, (_, _, goal) in scored.items()
    ]


def limits(world: World) -> list[Figure]:
    """How near the kernel comes to reading and hashing alone, and that to a copy of the memory."""
    from pipeline.learning.kernel.score import CHUNK
    from pipeline.learning.kernel.texts import to_bytes
    from tests.bench.scan import distinct_all, hash_all

    _, places, data = world.arrow.buffers()
    source, offsets = np.frombuffer(data, np.uint8), np.frombuffer(places, np.int64)[: len(world.arrow) + 1]
    target = np.empty_like(source)
    calls: dict[str, Any] = {
        "copy": lambda: np.copyto(target, source),
        "hash": lambda: hash_all(source, offsets),
        "distinct": lambda: distinct_all(source, offsets),
        "bytes": lambda: [to_bytes(world.asked[i : i + CHUNK]) for i in range(0, len(world.asked), CHUNK)],
        "whole": partial(world.kernel(2).scores, world.asked),
        **{f"kernel {n}": partial(world.kernel(n).scores, world.arrow) for n in NAMES},
    }
    with one_core():
        times = in_turns(calls, world.sizes.rounds)
    made = [
        Figure(
            "limits",
            "scan and hash of all words (no look-up), against a memory copy",
            *_figure(times.ratio("copy", "hash"), "share"),
        )
    ]
    for n, name in NAMES.items():
        what = f"kernel, {name}, against scan and hash; Arrow to scores"
        made.append(
            Figure(
                "limits",
                what,
                *_figure(times.ratio("hash", f"kernel {n}"), "share"),
                goal=LIMIT_GOALS[n],
                note="stretch goal",
            )
        )
    stages = {"making bytes of str": "bytes", "scan and hash": "hash", "the same, and dropping duplicates": "distinct"}
    for what, call in stages.items():
        share = _figure(times.ratio(call, "whole"), "share")
        made.append(Figure("limits", f"of the time from str to scores, words and pairs: {what}", *share))
    return made


def _figure(ratio: tuple[float, float, float], unit: str = "x") -> tuple[float, str, float, float]:
    """Value, unit, lowest and highest, in the order of a figure's attributes."""
    return ratio[0], unit, ratio[1], ratio[2]
