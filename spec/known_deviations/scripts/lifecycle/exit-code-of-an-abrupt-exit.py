import multiprocessing
import os
import sys

mp = multiprocessing


def work(conn, starter):
    conn.send(os.getpid())
    assert os.getpid() != starter, "this child runs in the process of its starter, which would end"
    os._exit(7)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there, os.getpid()))
    child.start()
    child.join()
    pid = here.recv() if here.poll() else None
    print(f"exit code of a child that called os._exit(7): expected 7, seen {child.exitcode}")
    print(f"process of the child: expected another than the starter's, {os.getpid()}, seen {pid}")
    print(f"its pid, to the starter: expected {pid}, seen {child.pid}")
    sys.exit(child.exitcode != 7 or pid == os.getpid() or pid != child.pid)
