import multiprocessing
import os
import sys

mp = multiprocessing


def tell(news):
    news.send((os.getpid(), os.getpgid(0), os.getsid(0)))


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    child = mp.Process(target=tell, args=(theirs,))
    child.start()
    child.join()
    pid, *seen = news.recv()
    expected = [os.getpgid(0), os.getsid(0)]
    print(f"process of the child: expected another than {os.getpid()}, seen {pid}")
    print(f"process group and session of the child: expected {expected}, seen {seen}")
    sys.exit(seen != expected or pid == os.getpid())
