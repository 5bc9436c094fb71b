import multiprocessing
import os
import sys

mp = multiprocessing


def tell_name(conn):
    conn.send((os.getpid(), mp.current_process().name))


if __name__ == "__main__":
    pipes = [mp.Pipe() for _ in range(3)]
    children = [mp.Process(target=tell_name, args=(there,)) for _, there in pipes]
    for child in children:
        child.start()
    for child in children:
        child.join()
    own = dict(here.recv() for here, _ in pipes if here.poll())
    seen = {child.pid: child.name for child in children}
    print(f"names that three children without a given one call themselves: expected 3 that differ, seen {own}")
    print(f"names that their starter calls them: expected the same, seen {seen}")
    sys.exit(len(set(own.values())) != 3 or seen != own)
