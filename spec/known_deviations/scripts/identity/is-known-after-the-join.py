import multiprocessing
import os
import sys

mp = multiprocessing


def tell_pid(conn):
    conn.send(os.getpid())


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_pid, args=(there,), name="last")
    child.start()
    pid = here.recv()
    child.join()
    seen = child.pid, child.ident, child.name, child.daemon
    expected = pid, pid, "last", False
    print(f"pid, ident, name and daemon flag of a joined child: expected {expected}, seen {seen}")
    sys.exit(seen != expected or pid == os.getpid())
