import multiprocessing
import sys

mp = multiprocessing


def work(conn):
    try:
        sys.exit(0)
    finally:
        conn.send("finally")


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    child.join()
    seen = here.poll()
    print(f"whether a child that called sys.exit() ran its finally block: expected True, seen {seen}")
    sys.exit(not seen)
