"""Pool: packers on workers of a cluster, with `distributed.Client.map`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Callable

from distributed import Client, as_completed

from dask_lessons.crew import cluster

Pack = Callable[[Any], Any]
"""Called with a parcel on a worker, and returns the packed parcel."""


@contextmanager
def _packers(count: int) -> Iterator[Client]:
    """Return a context manager with the client of a cluster of *count* workers, which end with the block."""
    with cluster(count) as made, Client(made, set_as_default=False) as client:
        yield client


def pack_in_order(mp: object, packers: int, pack: Pack, parcels: Sequence[object]) -> list[Any]:  # noqa: ARG001
    """Let that many workers pack the *parcels*, and return all that is packed, in the order of the parcels."""
    with _packers(packers) as client:
        futures = client.map(pack, parcels, pure=False)
        for future in futures:
            future.exception()  # waits for the end of the task
        return [future.result() for future in futures]


def pack_as_ready(
    mp: object,  # noqa: ARG001  the cluster is not made with it
    packers: int,
    pack: Pack,
    parcels: Sequence[object],
    tell: Callable[[Any], object],
) -> None:
    """Let that many workers pack the *parcels*, and call *tell* with each as soon as it is packed, until all are."""
    with _packers(packers) as client:
        for future in as_completed(client.map(pack, parcels, pure=False), loop=client.loop):
            tell(future.result())
