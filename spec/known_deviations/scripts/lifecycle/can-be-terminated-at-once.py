import multiprocessing
import sys
import time

mp = multiprocessing


def work(conn):
    conn.poll(10)
    conn.send("done")


if __name__ == "__main__":
    for seconds in 0, 0.001, 0.01, 0.1:
        here, there = mp.Pipe()
        child = mp.Process(target=work, args=(there,))
        child.start()
        time.sleep(seconds)
        child.terminate()
        child.join()
        seen = here.poll()
        print(f"whether a child terminated {seconds} s after its start came to the end: expected False, seen {seen}")
        if seen:
            sys.exit(1)
    sys.exit(0)
