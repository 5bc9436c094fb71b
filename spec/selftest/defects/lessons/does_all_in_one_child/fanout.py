from functools import partial

from impl import fanout as sound
from impl.fanout import together

__all__ = ["one_by_one", "together"]


def do_all(tasks):
    for task in tasks:
        task()


def one_by_one(mp, tasks):
    return sound.one_by_one(mp, [partial(do_all, tasks)]) * len(tasks)
