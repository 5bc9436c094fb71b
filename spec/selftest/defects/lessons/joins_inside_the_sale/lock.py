from impl.lock import buy, query

__all__ = ["buy", "query", "sell"]


def sell(mp, stock, buyers, lock, pause, tell):
    served = [mp.Process(target=buy, args=(buyer, stock, lock, pause, tell)) for buyer in range(buyers)]
    for process in served:
        process.start()
        process.join()
    return served
