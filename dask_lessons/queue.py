"""Queue: messages from a worker of a cluster, through a queue that the scheduler has."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any, Callable

import distributed

from dask_lessons.crew import cluster, spread
from impl.queue import offer, poll, take

__all__ = ["message_from_child", "offer", "poll", "take"]


def put_message_on_a_worker(name: str, compose: Callable[[], object]) -> None:
    """Put one message to the queue *name*."""
    distributed.Queue(name).put(compose())


def message_from_child(mp: object, compose: Callable[[], object]) -> Any:  # noqa: ARG001
    """Start a worker that puts the result of *compose*, get that message, and return it.

    The worker has ended when this function returns.  The message is plain data: numbers, texts, lists and dicts.
    """
    name = uuid.uuid4().hex
    with cluster(1) as made, distributed.Client(made, set_as_default=False) as client:
        messages = distributed.Queue(name, client)
        [(_, future)] = spread(client, [partial(put_message_on_a_worker, name, compose)])
        message = messages.get()
        future.exception()  # waits for the end of the task
        return message
