import multiprocessing
import os
import sys

mp = multiprocessing


def tell_name(conn):
    conn.send((os.getpid(), mp.current_process().name))


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_name, args=(there,), name="洪七")
    child.start()
    seen = child.name
    child.join()
    pid, own = here.recv() if here.poll() else (None, None)
    print(f"name of the child: expected {'洪七'!a}, seen by the starter {seen!a}, by the child {own!a}")
    print(f"process of the child: expected another than the starter's, {os.getpid()}, seen {pid}")
    print(f"its pid, to the starter: expected {pid}, seen {child.pid}")
    sys.exit(pid == os.getpid() or (pid, seen, own) != (child.pid, "洪七", "洪七"))
