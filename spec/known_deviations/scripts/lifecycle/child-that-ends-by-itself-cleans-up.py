import multiprocessing
import os
import sys

mp = multiprocessing


def work(conn):
    try:
        sys.exit(0)
    finally:
        conn.send(os.getpid())


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    child.join()
    seen = here.poll()
    pid = here.recv() if seen else None
    print(f"whether a child that called sys.exit() ran its finally block: expected True, seen {seen}")
    print(f"process of the child: expected another than the starter's, {os.getpid()}, seen {pid}")
    print(f"its pid, to the starter: expected {pid}, seen {child.pid}")
    sys.exit(not seen or pid == os.getpid() or pid != child.pid)
