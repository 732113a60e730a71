"""The work on many machines: a crew of Dask workers, of a cluster that runs already or of one started for the run.

Workers read inputs and write shards themselves, so both lie where all of them see them under one name: a shared disk,
or an address that fsspec opens. The model goes to each worker once, and to one that joins later when it joins; a worker
that is lost loses the shard it had in hand, which another makes anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pipeline.errors import PipelineError
from pipeline.learning.cluster import DASK
from pipeline.tagging.archive.options import ArchiveOptions
from pipeline.tagging.archive.plan import Partition, Piece
from pipeline.tagging.archive.survey import survey
from pipeline.tagging.archive.work import Done, Worker

_AHEAD = 3  # partitions under way for each thread of the cluster: one at work, the next ones at hand
_FILES_AHEAD = 64  # files being surveyed at once, or more on a large cluster


class Cluster:
    """A crew of Dask workers; see ``Crew``.

    Args:
        client: connected to them.
    """

    def __init__(self, client: Any) -> None:
        self.client = client

    def survey(self, names: Iterable[str], options: ArchiveOptions) -> Iterator[list[Piece]]:
        """The pieces of each file, in the order of the names; files are looked at where they are read."""
        left = iter(names)
        ahead = max(_FILES_AHEAD, _AHEAD * self._threads())
        waiting = [self._survey(name, options) for name in islice(left, ahead)]
        while waiting:
            pieces: list[Piece] = self._result(waiting.pop(0))
            waiting += [self._survey(name, options) for name in islice(left, 1)]
            yield pieces

    def work(self, worker: Worker, partitions: list[Partition]) -> Iterator[Done]:
        """What came of each partition, as they are done.

        Raises:
            PipelineError: one partition ended several workers.
        """
        plugin = _Equipment(worker)
        self.client.register_plugin(plugin)
        left = iter(partitions)
        waiting = DASK.as_completed([self._start(plugin, p) for p in islice(left, _AHEAD * self._threads())])
        try:
            for future in waiting:
                done: Done = self._result(future)
                future.release()
                # More where the cluster has grown meanwhile.
                for partition in islice(left, max(1, _AHEAD * self._threads() - waiting.count())):
                    waiting.add(self._start(plugin, partition))
                yield done
        finally:
            waiting.clear()
            self.client.unregister_worker_plugin(plugin.name)

    def _threads(self) -> int:
        return max(1, sum(map(int, self.client.nthreads().values())))

    def _survey(self, name: str, options: ArchiveOptions) -> Any:
        return self.client.submit(survey, name, options, pure=False)

    def _start(self, plugin: _Equipment, partition: Partition) -> Any:
        return self.client.submit(_work, plugin.name, partition, pure=False)

    def _result(self, future: Any) -> Any:
        try:
            return future.result()
        except DASK.KilledWorker:
            raise PipelineError(
                "several workers of the cluster ended over one shard, perhaps for want of memory; "
                "continue by the same call, with larger workers"
            ) from None


class _Equipment(DASK.WorkerPlugin):  # type: ignore[misc]  # of a module without types
    """Carries the model to each worker, those that join later too."""

    idempotent = True

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.name = f"threat-topics-{hashlib.sha256(worker.identity.encode()).hexdigest()[:16]}"

    def teardown(self, worker: Any) -> None:
        """Let go of open files."""
        del worker
        self.worker.close()


def _work(name: str, partition: Partition) -> Done:
    equipment: _Equipment = DASK.get_worker().plugins[name]
    return equipment.worker.work(partition)
