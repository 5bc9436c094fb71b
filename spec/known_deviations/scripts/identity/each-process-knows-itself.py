import multiprocessing
import os
import sys

mp = multiprocessing


def tell_pids(conn):
    itself = mp.current_process()
    try:
        alive = itself.is_alive()
    except Exception as error:
        alive = repr(error)
    conn.send((os.getpid(), itself.pid, alive))


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_pids, args=(there,))
    child.start()
    child.join()
    own, seen_by_child, alive = here.recv() if here.poll() else (None, None, None)
    seen_by_starter = mp.current_process().pid
    print(f"current_process().pid in the child: expected {own}, seen {seen_by_child}")
    print(f"current_process().pid in the starter: expected {os.getpid()}, seen {seen_by_starter}")
    print(f"current_process().is_alive() in the child: expected True, seen {alive}")
    sys.exit(
        alive is not True or own in (None, os.getpid()) or seen_by_child != own or seen_by_starter != os.getpid()
    )
