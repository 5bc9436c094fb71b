import multiprocessing
import os
import sys

mp = multiprocessing


def tell(news):
    news.send(os.getpid())


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    children = [mp.Process(target=tell, args=(theirs,), name="twin") for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    pids = len({news.recv(), news.recv()})
    equal, size = children[0] == children[1], len(set(children))
    print(f"processes that two children of one name are: expected 2, seen {pids}")
    print(f"whether one equals the other: expected False, seen {equal}")
    print(f"how many a set of them holds: expected 2, seen {size}")
    sys.exit((pids, equal, size) != (2, False, 2))
