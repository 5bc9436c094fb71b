import multiprocessing
import os
import select
import sys
import time

mp = multiprocessing


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"


def work(news):
    news.send(os.getpid())
    os._exit(7)


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(theirs,))
    child.start()
    pid = news.recv()
    ready = bool(select.select([child.sentinel], [], [], 20)[0])
    while pid != os.getpid() and state(pid) not in ("Z", "gone"):
        time.sleep(0.01)
    print(f"whether the sentinel of a child that exits is ready within 20 s: expected True, seen {ready}")
    print(f"exit code of a child that has exited, and was not joined: expected 7, seen {child.exitcode}")
    sys.exit(not ready or child.exitcode != 7)
