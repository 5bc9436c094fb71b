import multiprocessing
import os
import sys

mp = multiprocessing


def tell_pids(conn):
    conn.send((os.getpid(), os.getppid()))
    conn.poll(10)


def parent_of(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_pids, args=(there,))
    child.start()
    own, seen_by_child = here.recv()
    helper = parent_of(own)
    parent_of_helper = parent_of(helper)
    here.send("go")
    child.join()
    print(f"the child's parent: expected a helper, not the starter {os.getpid()}; seen {helper}")
    print(f"the parent that the child sees: expected the same, seen {seen_by_child}")
    print(f"the parent of the child's parent: expected the starter {os.getpid()}, seen {parent_of_helper}")
    sys.exit(helper == os.getpid() or seen_by_child != helper or parent_of_helper != os.getpid())
