import multiprocessing
import os
import sys

mp = multiprocessing


def tell_pids(conn):
    conn.send((os.getpid(), mp.current_process().pid))


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_pids, args=(there,))
    child.start()
    child.join()
    own, seen_by_child = here.recv() if here.poll() else (None, None)
    seen_by_starter = mp.current_process().pid
    print(f"current_process().pid in the child: expected {own}, seen {seen_by_child}")
    print(f"current_process().pid in the starter: expected {os.getpid()}, seen {seen_by_starter}")
    sys.exit(own in (None, os.getpid()) or seen_by_child != own or seen_by_starter != os.getpid())
