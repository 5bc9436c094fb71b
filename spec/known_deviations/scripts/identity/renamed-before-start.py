import multiprocessing
import os
import sys

mp = multiprocessing


def tell_name(conn):
    conn.send((os.getpid(), mp.current_process().name))


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_name, args=(there,), name="first")
    child.name = "second"
    child.start()
    seen = child.name
    child.join()
    pid, own = here.recv() if here.poll() else (None, None)
    print("name of a child that was renamed before its start: expected 'second'")
    print(f"seen by the starter {seen!r}, by the child {own!r}")
    print(f"process of the child: expected another than the starter's, {os.getpid()}, seen {pid}")
    print(f"its pid, to the starter: expected {pid}, seen {child.pid}")
    sys.exit(pid == os.getpid() or (pid, seen, own) != (child.pid, "second", "second"))
