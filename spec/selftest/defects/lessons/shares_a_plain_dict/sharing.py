from contextlib import nullcontext

from impl.sharing import take_one


def count_down(mp, start, workers, pause, locked=True):
    counter, lock = {"num": start}, mp.Lock() if locked else nullcontext()
    children = [mp.Process(target=take_one, args=(counter, lock, pause)) for _ in range(workers)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return counter["num"]
