import multiprocessing
import sys
import time

mp = multiprocessing


def work(conn):
    conn.send("ready")
    conn.poll(30)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    seen = [child.is_alive()]
    here.recv()
    for _ in range(10):
        time.sleep(0.1)
        seen.append(child.is_alive())
    here.send("go")
    child.join()
    print(f"is_alive() straight after the start, and of a child that waits: expected always True, seen {seen}")
    sys.exit(not all(seen))
