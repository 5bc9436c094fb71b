import multiprocessing
import os
import sys

mp = multiprocessing


def tell(news):
    news.send(os.environ.get("SOME_VARIABLE"))


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    for value in "then", "now":
        os.environ["SOME_VARIABLE"] = value
        child = mp.Process(target=tell, args=(theirs,))
        child.start()
        child.join()
    seen = [news.recv(), news.recv()]
    print(f"a variable of the environment in two children: expected ['then', 'now'], seen {seen}")
    sys.exit(seen != ["then", "now"])
