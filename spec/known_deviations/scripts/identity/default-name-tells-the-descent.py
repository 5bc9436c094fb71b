import multiprocessing
import os
import sys

mp = multiprocessing


def tell_name(conn):
    conn.send((os.getpid(), mp.current_process().name))


def have_two_children(conn):
    for _ in range(2):
        grandchild = mp.Process(target=tell_name, args=(conn,))
        grandchild.start()
        grandchild.join()


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=have_two_children, args=(there,))
    child.start()
    child.join()
    told = [here.recv() for _ in range(2) if here.poll()]
    seen, expected = [name for _, name in told], [f"{child.name}:{number}" for number in (1, 2)]
    print(f"names of the children of {child.name}, pid {child.pid}: expected {expected}, seen {seen}")
    print(f"their pids: {[pid for pid, _ in told]}")
    sys.exit(seen != expected or child.pid in [pid for pid, _ in told])
