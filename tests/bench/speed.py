"""How fast it is, and against what: prints a table and writes ``experiments/bench.json``.

    python -m tests.bench.speed --quick
    python -m tests.bench.speed --texts FOLDER --large
    python -m tests.bench.speed --only scoring --only limits

Runs in an environment of its own (``speed.lock`` beside this file), which the product does not need; on a
machine that does nothing else. Ends with exit code 1 if the kernel does not agree with scikit-learn.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline.files import canonical_json, write_text
from tests.bench.others import systems
from tests.bench.parity import failed, parity
from tests.bench.scoring import limits, recipe, scoring, threads
from tests.bench.table import table, to_dict
from tests.bench.timing import ROOT, Figure
from tests.bench.training import counting, training
from tests.bench.whole import archive, cold
from tests.bench.world import QUICK, Sizes, World, tell, temporary

PACKAGES = ("fasttext-numpy2", "numba", "numpy", "pyarrow", "scikit-learn", "scipy", "vowpalwabbit")
SECTIONS: dict[str, Callable[[World], list[Figure]]] = {
    "scoring": scoring,
    "recipe": recipe,
    "threads": threads,
    "systems": systems,
    "limits": limits,
    "counting": counting,
    "training": training,
    "cold": cold,
    "archive": archive,
    "parity": parity,
}
LARGE = 1_000_000


def machine() -> dict[str, Any]:
    """What it ran on: nothing that names the machine, a place on it or the time."""
    packages = {}
    for name in PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "not installed"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cpu": _cpu(), "cores": cores, "python": platform.python_version(), "packages": packages}


def _cpu() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()


def corpus(world: World) -> dict[str, int]:
    """How large the corpus is, and the models trained on it; 0 where no section needed one."""
    words, both = (world.fitted.get(n, 0) for n in (1, 2))
    return {"trained": world.sizes.trained, "asked": world.sizes.asked, "words": words, "pairs": max(both - words, 0)}


def main() -> None:
    """Run the sections, print the table, write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, to try it out; nothing is written")
    parser.add_argument("--only", action="append", choices=list(SECTIONS), help="this section; nothing is written")
    parser.add_argument("--texts", type=Path, metavar="DIR", help="folder of .jsonl files to check agreement on")
    parser.add_argument("--large", action="store_true", help=f"the archive run over {LARGE:,} paragraphs as well")
    parser.add_argument(
        "-o", "--output", type=Path, default=ROOT / "experiments" / "bench.json", help="JSON file to write"
    )
    options = parser.parse_args()
    sizes = QUICK if options.quick else Sizes()
    sizes = replace(sizes, large=LARGE if options.large else 0)
    figures: list[Figure] = []
    with temporary() as folder:
        world = World(sizes, Path(folder), options.texts)
        for name in options.only or SECTIONS:
            start = time.perf_counter()
            made = SECTIONS[name](world)
            figures += made
            tell(f"{name}: {time.perf_counter() - start:.0f} s")
            for figure in made:  # at once, as the whole takes long
                tell(f"  {figure.what}: {figure.value if figure.value is None else format(figure.value, '.3g')}")
        answers = to_dict(figures, machine(), corpus(world), quick=options.quick)
    print(table(answers))
    missed = failed(figures)
    for figure in missed:
        tell(f"no agreement: {figure.what}: {figure.value}")
    if missed:
        sys.exit(1)
    if not options.quick and not options.only:
        write_text(options.output, canonical_json(answers, indent=1) + "\n")


if __name__ == "__main__":
    main()
