from impl import sharing as sound
from impl.sharing import take_one

__all__ = ["count_down", "take_one"]


def count_down(mp, start, workers, pause, locked=True):
    return sound.count_down(mp, start, workers, pause, locked=True)
