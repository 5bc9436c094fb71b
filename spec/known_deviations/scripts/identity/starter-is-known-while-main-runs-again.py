import multiprocessing
import os
import sys

mp = multiprocessing


starter = mp.parent_process()


def tell(connection):
    connection.send(starter and starter.pid)


if __name__ == "__main__":
    ours, theirs = mp.Pipe()
    child = mp.Process(target=tell, args=(theirs,))
    child.start()
    seen = ours.recv()
    child.join()
    print(f"the pid of parent_process() while main was imported: expected {os.getpid()}, seen {seen}")
    sys.exit(seen != os.getpid())
