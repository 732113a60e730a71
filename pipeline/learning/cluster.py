"""A Dask cluster to work on: one that runs already, or one started here for the time being.

What is done there is the caller's business: folds of a cross-validation, through joblib, or shards of an archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import joblib

from pipeline.errors import InputError, MissingExtraError

try:
    import distributed
except ImportError:
    raise MissingExtraError("--dask needs Dask; pip install 'threat-topics[cluster]'") from None

DASK: Any = distributed  # it has names without types
LOCAL = "local"


@contextmanager
def connected(address: str, workers: int) -> Iterator[Any]:
    """A client of a cluster.

    Args:
        address: of a scheduler, "tcp://host:8786"; or "local" for a cluster of processes on this machine, which ends
            with the block.
        workers: how many processes, where they are started here.

    Raises:
        InputError: no scheduler answers there.
    """
    with ExitStack() as stack:
        if address == LOCAL:
            # Nobody else reaches it, and no page tells strangers what it does.
            started = DASK.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
            )
            client = DASK.Client(stack.enter_context(started))
        else:
            try:
                client = DASK.Client(address, timeout=30)
            except (OSError, ValueError, TypeError) as error:
                what = type(error).__name__
                raise InputError(
                    f"--dask {address}: no scheduler answers there ({what}); check the address, or use local"
                ) from None
        yield stack.enter_context(client)


@contextmanager
def parallel_on(address: str, workers: int) -> Iterator[None]:
    """A block in which joblib's parallel calls are carried out on a cluster; see ``connected``."""
    with connected(address, workers) as client, joblib.parallel_config(backend="dask", client=client):
        yield
