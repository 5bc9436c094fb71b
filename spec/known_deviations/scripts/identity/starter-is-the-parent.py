import multiprocessing
import os
import sys

mp = multiprocessing


def tell_pids(conn):
    conn.send((os.getpid(), os.getppid()))
    conn.poll(10)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_pids, args=(there,))
    child.start()
    _, parent = here.recv()
    here.send("go")
    child.join()
    print(f"the child's parent: expected its starter {os.getpid()}, seen {parent}")
    sys.exit(parent != os.getpid())
