"""Give the faulty parts of lessons the sound rest: what starts children that run them."""

from __future__ import annotations

from contextlib import nullcontext


def sell_with(buy):
    """Return the lesson's ``sell``, with another ``buy``."""

    def sell(mp, stock, buyers, lock, pause, tell):
        queueing = [mp.Process(target=buy, args=(buyer, stock, lock, pause, tell)) for buyer in range(buyers)]
        for process in queueing:
            process.start()
        return queueing

    return sell


def count_down_with(take_one):
    """Return the lesson's ``count_down``, with another ``take_one``."""

    def count_down(mp, start, workers, pause, locked=True):
        lock = mp.Lock() if locked else nullcontext()
        with mp.Manager() as manager:
            counter = manager.dict(num=start)
            children = [mp.Process(target=take_one, args=(counter, lock, pause)) for _ in range(workers)]
            for child in children:
                child.start()
            for child in children:
                child.join()
            return counter["num"]

    return count_down
