import multiprocessing
import sys

mp = multiprocessing


def work(conn):
    conn.send("ran")


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    child.join()
    ran = here.poll()
    print(f"whether the child ran: expected True, seen {ran}")
    print(f"exit code of a child that came to the end of its code: expected 0, seen {child.exitcode}")
    sys.exit(not ran or child.exitcode != 0)
