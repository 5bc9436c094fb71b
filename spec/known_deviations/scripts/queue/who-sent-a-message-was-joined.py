import faulthandler
import multiprocessing
import os
import sys

mp = multiprocessing


def send(queue):
    queue.put(os.getpid())


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    queue = mp.Queue(3)
    child = mp.Process(target=send, args=(queue,))
    child.start()
    pid = queue.get()
    child.join()
    left = os.path.exists(f"/proc/{pid}")
    print(f"a joined child that sent a message is in the process table still: expected False, seen {left}")
    sys.exit(left or pid == os.getpid())
