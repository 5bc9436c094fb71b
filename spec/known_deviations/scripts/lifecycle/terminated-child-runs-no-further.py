import multiprocessing
import sys

mp = multiprocessing


def work(conn):
    conn.send("ready")
    conn.poll(10)
    conn.send("went on")


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    here.recv()
    child.terminate()
    child.join()
    seen = here.poll()
    print(f"whether the terminated child ran the rest of its code: expected False, seen {seen}")
    sys.exit(seen)
