import multiprocessing
import os
import sys

mp = multiprocessing


def tell(connection, make=None):
    connection.send(os.getppid())
    if make:
        child = make(target=tell, args=(connection,))
        child.start()
        child.join()


if __name__ == "__main__":
    ours, theirs = mp.Pipe()
    child = mp.Process(target=tell, args=(theirs, mp.Process))
    child.start()
    first, second = ours.recv(), ours.recv()
    child.join()
    print(f"the parent of the child's child: expected {first}, the parent of the child, seen {second}")
    sys.exit(first != second)
