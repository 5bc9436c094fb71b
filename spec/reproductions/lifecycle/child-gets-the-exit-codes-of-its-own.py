import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def leave():
    sys.exit(7)


def fail():
    raise ValueError("out of paper")


def die():
    os.kill(os.getpid(), signal.SIGUSR1)


def have_children(conn):
    children = [mp.Process(target=target) for target in (leave, fail, die)]
    for child in children:
        child.start()
        child.join()
    conn.send([child.exitcode for child in children])


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=have_children, args=(there,))
    child.start()
    child.join()
    seen = here.recv() if here.poll() else None
    expected = [7, 1, -signal.SIGUSR1]
    print(f"exit codes that a child got of its own children: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
