import multiprocessing
import os
import sys
import tempfile

mp = multiprocessing


def tell(news):
    files = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    news.send([os.readlink(file) for file in files if os.path.lexists(file)])


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    with tempfile.NamedTemporaryFile() as secret:
        os.set_inheritable(secret.fileno(), True)
        child = mp.Process(target=tell, args=(theirs,))
        child.start()
        child.join()
        seen = secret.name in news.recv()
    print(f"whether a child has a file open that its starter has: expected False, seen {seen}")
    sys.exit(seen)
