"""Who does the work: this process, or several on this machine. Many machines are ``cluster``'s business.

A crew surveys files and works on partitions; in which order and by whom changes nothing in what is written.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from typing import Protocol

from pipeline.errors import PipelineError
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.plan import Partition, Piece
from pipeline.tagging.archive.survey import survey
from pipeline.tagging.archive.work import Done, Worker


class Crew(Protocol):
    """Those who work on a run."""

    def survey(self, names: Iterable[str], options: ArchiveOptions) -> Iterator[list[Piece]]:
        """The pieces of each file, in the order of the names."""
        ...

    def work(self, worker: Worker, partitions: list[Partition]) -> Iterator[Done]:
        """What came of each partition, as they are done."""
        ...


class Alone:
    """This process."""

    def survey(self, names: Iterable[str], options: ArchiveOptions) -> Iterator[list[Piece]]:
        """See ``Crew``."""
        return (survey(name, options) for name in names)

    def work(self, worker: Worker, partitions: list[Partition]) -> Iterator[Done]:
        """See ``Crew``."""
        try:
            for partition in partitions:
                yield worker.work(partition)
        finally:
            worker.close()


class Processes(Alone):
    """Several processes of this machine; splitting texts is Python, which threads would wait for one another in.

    Each is started anew and imports the caller's main module, so a script that asks for them keeps its own work
    under ``if __name__ == "__main__":``.

    Args:
        number: how many, 2 or more.
    """

    def __init__(self, number: int) -> None:
        self._number = number

    def work(self, worker: Worker, partitions: list[Partition]) -> Iterator[Done]:
        """See ``Crew``.

        Raises:
            PipelineError: one of the processes was ended from outside.
        """
        number = min(self._number, len(partitions))
        if number < 2:
            yield from super().work(worker, partitions)
            return
        pool = ProcessPoolExecutor(number, get_context("spawn"), initializer=_begin, initargs=(worker,))
        try:
            yield from in_turn(lambda partition: pool.submit(_work, partition), partitions, 2 * number)
        except BrokenProcessPool:
            raise PipelineError(
                "a worker process was ended, perhaps for want of memory; continue by the same call, with fewer workers "
                '(in a script of your own, keep it under `if __name__ == "__main__":`)'
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def in_turn(submit: Callable[[Partition], Future[Done]], partitions: Iterable[Partition], ahead: int) -> Iterator[Done]:
    """Work under way for ``ahead`` partitions at a time, in order, and what came of each as soon as it is known."""
    left = iter(partitions)
    waiting = {submit(partition) for partition in islice(left, ahead)}
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        waiting |= {submit(partition) for partition in islice(left, len(done))}
        for future in done:
            yield future.result()


_HERE: dict[str, Worker] = {}


def _begin(worker: Worker) -> None:
    """In a new process: keep the worker, leave Ctrl-C to the caller, and end when the caller has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _HERE["worker"] = worker


def _work(partition: Partition) -> Done:
    return _HERE["worker"].work(partition)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)
