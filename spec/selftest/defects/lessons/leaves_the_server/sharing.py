from contextlib import nullcontext
from typing import Any

from impl.sharing import take_one

managers: list[Any] = []  # one that is collected shuts its server down


def count_down(mp, start, workers, pause, locked=True):
    lock = mp.Lock() if locked else nullcontext()
    managers.append(mp.Manager())
    counter = managers[-1].dict(num=start)
    children = [mp.Process(target=take_one, args=(counter, lock, pause)) for _ in range(workers)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return counter["num"]
