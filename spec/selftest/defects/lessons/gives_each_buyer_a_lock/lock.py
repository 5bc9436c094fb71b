from impl.lock import buy, query

__all__ = ["buy", "query", "sell"]


def sell(mp, stock, buyers, lock, pause, tell):
    queueing = [mp.Process(target=buy, args=(buyer, stock, mp.Lock(), pause, tell)) for buyer in range(buyers)]
    for process in queueing:
        process.start()
    return queueing
