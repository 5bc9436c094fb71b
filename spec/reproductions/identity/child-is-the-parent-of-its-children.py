import multiprocessing
import os
import sys
import time

mp = multiprocessing


def tell_parent(conn):
    time.sleep(0.3)  # a process in between that started this one would have left by now
    conn.send(os.getppid())


def have_a_child(conn):
    conn.send((os.getpid(), os.getppid()))
    grandchild = mp.Process(target=tell_parent, args=(conn,))
    grandchild.start()
    grandchild.join()
    conn.poll(10)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=have_a_child, args=(there,))
    child.start()
    _, parent = here.recv()
    parent_of_grandchild = here.recv() if here.poll(10) else None
    seen = [parent, parent_of_grandchild]
    expected = [os.getpid(), child.pid]
    here.send("go")
    child.join()
    print(f"parents of the child {child.pid} and of the child's child: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
