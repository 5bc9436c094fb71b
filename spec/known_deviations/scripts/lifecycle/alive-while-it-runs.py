import multiprocessing
import os
import sys
import time

mp = multiprocessing


def work(conn):
    conn.send(os.getpid())
    conn.poll(30)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    seen = [child.is_alive()]
    pid = here.recv()
    for _ in range(10):
        time.sleep(0.1)
        seen.append(child.is_alive())
    here.send("go")
    child.join()
    print(f"is_alive() straight after the start, and of a child that waits: expected always True, seen {seen}")
    print(f"process of the child: expected another than the starter's, {os.getpid()}, seen {pid}")
    print(f"its pid, to the starter: expected {pid}, seen {child.pid}")
    sys.exit(not all(seen) or pid == os.getpid() or pid != child.pid)
