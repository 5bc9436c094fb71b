import multiprocessing
import os
import sys
import time

mp = multiprocessing


def tell_parent(conn):
    time.sleep(0.3)  # a process in between that started this one would have left by now
    conn.send(os.getppid())


def have_a_child(conn):
    conn.send(os.getppid())
    grandchild = mp.Process(target=tell_parent, args=(conn,))
    grandchild.start()
    grandchild.join()


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=have_a_child, args=(there,))
    child.start()
    child.join()
    seen = [here.recv() if here.poll() else None for _ in range(2)]
    expected = [os.getpid(), child.pid]
    print(f"parents of the child {child.pid} and of the child's child: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
