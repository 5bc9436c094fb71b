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
    own, _ = here.recv() if here.poll(10) else (None, None)
    seen = child.pid
    here.send("go")
    child.join()
    print(f"pid of the child that has pid {own}, whose starter has pid {os.getpid()}: expected {own}, seen {seen}")
    sys.exit(seen != own or own == os.getpid())
