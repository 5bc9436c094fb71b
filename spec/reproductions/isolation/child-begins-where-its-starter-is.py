import multiprocessing
import os
import sys

mp = multiprocessing


def tell(news):
    news.send([os.getcwd(), os.umask(0), os.nice(0)])


if __name__ == "__main__":
    os.umask(0o027)
    expected = [os.getcwd(), 0o027, os.nice(1)]
    news, theirs = mp.Pipe(duplex=False)
    child = mp.Process(target=tell, args=(theirs,))
    child.start()
    child.join()
    seen = news.recv() if news.poll() else None
    print(f"folder, mask and niceness of a child: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
