from contextlib import nullcontext

from impl.sharing import take_one


def count_down(mp, start, workers, pause, locked=True):
    with mp.Manager() as manager:
        counter = manager.dict(num=start)
        locks = [mp.Lock() if locked else nullcontext() for _ in range(workers)]
        children = [mp.Process(target=take_one, args=(counter, lock, pause)) for lock in locks]
        for child in children:
            child.start()
        for child in children:
            child.join()
        return counter["num"]
