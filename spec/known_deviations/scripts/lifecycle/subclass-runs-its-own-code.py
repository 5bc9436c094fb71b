import multiprocessing
import os
import sys

mp = multiprocessing


class _Own(mp.Process):
    def run(self):
        self.news.send(os.getpid())
        sys.exit(self.number)


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    child = _Own()
    child.news, child.number = theirs, 7
    child.start()
    child.join()
    pid = news.recv() if news.poll() else None
    print(f"process that run() of a subclass ran in: expected {child.pid}, seen {pid}")
    print(f"its exit code: expected 7, seen {child.exitcode}")
    sys.exit(pid != child.pid or pid == os.getpid() or child.exitcode != 7)
