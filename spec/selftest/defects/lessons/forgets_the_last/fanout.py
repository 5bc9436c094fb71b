from typing import Any

from impl.fanout import together

__all__ = ["one_by_one", "together"]


def one_by_one(mp, tasks):
    children: list[Any] = []
    for task in tasks:
        if children:
            children[-1].join()
        children.append(mp.Process(target=task))
        children[-1].start()
    return children
