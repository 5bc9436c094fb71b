import multiprocessing
import os
import sys

mp = multiprocessing


def tell(conn):
    starter = mp.parent_process()
    conn.send((getattr(starter, "pid", None), getattr(starter, "name", None)))


def tell_and_have_a_child(conn):
    tell(conn)
    grandchild = mp.Process(target=tell, args=(conn,))
    grandchild.start()
    grandchild.join()


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_and_have_a_child, args=(there,))
    child.start()
    child.join()
    seen = [here.recv() if here.poll() else None for _ in range(2)]
    expected = [(os.getpid(), mp.current_process().name), (child.pid, child.name)]
    print(f"parent_process() in a child, pid and name: expected {expected[0]}, seen {seen[0]}")
    print(f"parent_process() in the child's child: expected {expected[1]}, seen {seen[1]}")
    sys.exit(seen != expected)
