from impl import fanout as sound
from impl.fanout import one_by_one

__all__ = ["one_by_one", "together"]


def together(mp, tasks):
    children = sound.together(mp, tasks)
    if any(child.exitcode for child in children):
        raise RuntimeError("a child has failed")
    return children
