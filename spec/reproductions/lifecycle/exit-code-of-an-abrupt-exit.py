import multiprocessing
import os
import sys

mp = multiprocessing


def work(conn):
    conn.send("ran")
    os._exit(7)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    child.join()
    ran = here.poll()
    print(f"whether the child ran: expected True, seen {ran}")
    print(f"exit code of a child that called os._exit(7): expected 7, seen {child.exitcode}")
    sys.exit(not ran or child.exitcode != 7)
