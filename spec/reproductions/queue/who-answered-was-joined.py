import faulthandler
import multiprocessing
import os
import sys

mp = multiprocessing


def answer(connection):
    connection.recv()
    connection.send(os.getpid())


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    ours, theirs = mp.Pipe()
    child = mp.Process(target=answer, args=(theirs,))
    child.start()
    theirs.close()
    ours.send("who is it?")
    pid = ours.recv()
    child.join()
    left = os.path.exists(f"/proc/{pid}")
    print(f"a joined child that answered is in the process table still: expected False, seen {left}")
    sys.exit(left or pid == os.getpid())
