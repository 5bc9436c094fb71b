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
    early = child.ident
    child.start()
    pid, _ = here.recv()
    seen = child.ident
    here.send("go")
    child.join()
    print(f"ident of a child before its start: expected None, seen {early}")
    print(f"ident of the child that has pid {pid}: expected {pid}, seen {seen}")
    sys.exit(early is not None or seen != pid or pid == os.getpid())
