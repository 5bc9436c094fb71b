from contextlib import nullcontext

from impl.sharing import take_one


def count_down(mp, start, workers, pause, locked=True):
    lock = mp.Lock() if locked else nullcontext()
    with mp.Manager() as manager:
        counter = manager.dict(num=start)
        for _ in range(workers):
            child = mp.Process(target=take_one, args=(counter, lock, pause))
            child.start()
            child.join()
        return counter["num"]
