import multiprocessing
import os
import sys

mp = multiprocessing


def tell_pid(conn):
    conn.send(os.getpid())
    conn.poll(10)


if __name__ == "__main__":
    pipes = [mp.Pipe() for _ in range(3)]
    children = [mp.Process(target=tell_pid, args=(there,)) for _, there in pipes]
    for child in children:
        child.start()
    own = sorted(here.recv() for here, _ in pipes)
    seen = sorted(child.pid for child in children)
    for here, _ in pipes:
        here.send("go")
    for child in children:
        child.join()
    print(f"pids of three children at work: expected {own}, seen {seen}")
    sys.exit(seen != own or len(set(own)) != 3)
