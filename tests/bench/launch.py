"""Run one command and print, as its last line, how many seconds it took and the most memory it held, in MiB.

A file of its own that imports next to nothing: a process starts with the peak of the one that started it, so children
of the bench itself, which holds a corpus, would all look as big as the bench.
"""

from __future__ import annotations

import os
import sys
import time


def main(command: list[str]) -> int:
    """Run a command; returns its exit code."""
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    print(f"{seconds:.6f} {peak:.3f}", flush=True)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
