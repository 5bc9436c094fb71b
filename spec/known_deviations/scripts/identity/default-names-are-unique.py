import multiprocessing
import os
import sys
import threading

mp = multiprocessing


def tell_name(conn):
    conn.send((os.getpid(), mp.current_process().name))


def make_some(names):
    names += [mp.Process(target=tell_name).name for _ in range(100)]


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
    names = []
    sys.setswitchinterval(1e-6)
    makers = [threading.Thread(target=make_some, args=(names,)) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    print(f"names of 400 processes that four threads make: expected 400, seen {len(set(names))}")
    sys.exit(len(set(own.values())) != 3 or seen != own or len(set(names)) != 400)
