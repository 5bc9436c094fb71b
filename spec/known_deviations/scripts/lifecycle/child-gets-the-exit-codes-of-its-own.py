import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def end(how, main):
    if how == "exit":
        sys.exit(7)
    if how == "exception":
        raise ValueError("out of paper")
    assert os.getpid() != main, "this child's child runs in the process of main, which would be killed"
    os.kill(os.getpid(), signal.SIGUSR1)


def have_children(conn, main):
    children = [mp.Process(target=end, args=(how, main)) for how in ("exit", "exception", "signal")]
    for child in children:
        child.start()
        child.join()
    conn.send((os.getpid(), [child.exitcode for child in children]))


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=have_children, args=(there, os.getpid()))
    child.start()
    child.join()
    pid, seen = here.recv() if here.poll() else (None, None)
    expected = [7, 1, -signal.SIGUSR1]
    print(f"exit codes that a child got of its own children: expected {expected}, seen {seen}")
    print(f"process of the child: expected another than main's, {os.getpid()}, seen {pid}")
    print(f"its pid, to main: expected {pid}, seen {child.pid}")
    sys.exit(seen != expected or pid == os.getpid() or pid != child.pid)
