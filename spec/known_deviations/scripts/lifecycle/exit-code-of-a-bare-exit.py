import multiprocessing
import os
import sys

mp = multiprocessing


def work(conn):
    conn.send(os.getpid())
    sys.exit()


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    child.join()
    pid = here.recv() if here.poll() else None
    print(f"exit code of a child that called sys.exit(): expected 0, seen {child.exitcode}")
    print(f"process of the child: expected another than the starter's, {os.getpid()}, seen {pid}")
    print(f"its pid, to the starter: expected {pid}, seen {child.pid}")
    sys.exit(child.exitcode != 0 or pid == os.getpid() or pid != child.pid)
