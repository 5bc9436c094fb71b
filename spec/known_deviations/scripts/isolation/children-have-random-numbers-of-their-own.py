import multiprocessing
import random
import sys

mp = multiprocessing


def draw(news):
    news.send(random.random())


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    for _ in range(2):
        child = mp.Process(target=draw, args=(theirs,))
        child.start()
        child.join()
    seen = [news.recv(), news.recv(), random.random()]
    print(f"random numbers of two children and their starter: expected three, seen {seen}")
    sys.exit(len(set(seen)) != 3)
