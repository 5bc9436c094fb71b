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


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(theirs,))
    child.start()
    pid = news.recv()
    ready = bool(select.select([child.sentinel], [], [], 20)[0])
    while pid != os.getpid() and state(pid) not in ("Z", "gone"):
        time.sleep(0.01)
    seen = []
    for process in child, child, mp.Process(target=work):
        try:
            process.close()
            seen.append("closed")
        except Exception as error:
            seen.append(repr(error))
    active = len(mp.active_children())
    print(f"whether the sentinel of a child that exits is ready within 20 s: expected True, seen {ready}")
    print(f"close() of an exited child, again, and of an unstarted one: expected 3 times 'closed', seen {seen}")
    print(f"active children then: expected 0, seen {active}")
    sys.exit(not ready or seen != ["closed"] * 3 or active != 0)
