import multiprocessing
import sys

mp = multiprocessing


def tell(news, argument):
    news.send([len(argument), argument == bytes(len(argument))])


if __name__ == "__main__":
    size = 2 * 1024 * 1024
    news, theirs = mp.Pipe(duplex=False)
    child = mp.Process(target=tell, args=(theirs, bytes(size)))
    child.start()
    child.join(10)
    seen = news.recv() if news.poll() else None
    child.terminate()
    print(f"length of what a child was given, and whether it is equal: expected {[size, True]}, seen {seen}")
    sys.exit(seen != [size, True])
