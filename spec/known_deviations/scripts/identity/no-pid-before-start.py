import multiprocessing
import os
import sys
from contextlib import suppress

mp = multiprocessing


def children():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{pid}/stat", errors="replace") as stat:
            if stat.read().rpartition(")")[2].split()[1] == str(os.getpid()):
                found.append(int(pid))
    return found


if __name__ == "__main__":
    before = children()
    child = mp.Process(target=print)
    after = children()
    seen = child.pid, child.ident
    print(f"pid and ident of a process that was not started: expected (None, None), seen {seen}")
    print(f"pids of this program's children, now that it was made: expected {before}, seen {after}")
    sys.exit(seen != (None, None) or after != before)
