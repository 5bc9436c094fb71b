import multiprocessing
import os
import sys

mp = multiprocessing


def tell_name(conn):
    conn.send((os.getpid(), mp.current_process().name))


def have_a_child(conn):
    grandchild = mp.Process(target=tell_name, args=(conn,))
    grandchild.start()
    grandchild.join()


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=have_a_child, args=(there,))
    child.start()
    child.join()
    pid, seen = here.recv() if here.poll() else (None, None)
    expected = f"{child.name}:1"
    print(
        f"name of the first child, pid {pid}, of {child.name}, pid {child.pid}: expected {expected!r}, seen {seen!r}"
    )
    sys.exit(seen != expected or pid == child.pid)
