import multiprocessing
import sys

mp = multiprocessing


def work(conn):
    conn.send("ran")


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    seen = child.pid, child.ident
    ran = here.poll(0.3)
    print(f"pid and ident of a process that was not started: expected (None, None), seen {seen}")
    print(f"whether it ran: expected False, seen {ran}")
    sys.exit(seen != (None, None) or ran)
