from impl import lock as sound
from impl.lock import buy, query

__all__ = ["buy", "query", "sell"]


def sell(mp, stock, buyers, lock, pause, tell):
    return sound.sell(mp, stock, buyers, mp.Lock(), pause, tell)
