from multiprocessing.dummy import Process

from impl.lock import buy, query

__all__ = ["buy", "query", "sell"]


class Buyer(Process):
    pid = 0


def sell(mp, stock, buyers, lock, pause, tell):
    queueing = [Buyer(target=buy, args=(buyer, stock, lock, pause, tell)) for buyer in range(buyers)]
    for buyer in queueing:
        buyer.start()
    return queueing
