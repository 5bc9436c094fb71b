import faulthandler
import multiprocessing
import os
import sys

mp = multiprocessing


def answer(connection):
    question = connection.recv() if connection.poll(10) else "nothing in 10 s"
    connection.send((os.getpid(), question))


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    ours, theirs = mp.Pipe()
    child = mp.Process(target=answer, args=(theirs,))
    child.start()
    theirs.close()
    ours.send(None)
    pid, question = ours.recv()
    child.join()
    left = os.path.exists(f"/proc/{pid}")
    print(f"what the child was asked: expected None, seen {question!r}")
    print(f"a joined child that answered is in the process table still: expected False, seen {left}")
    sys.exit(question is not None or left or pid == os.getpid())
