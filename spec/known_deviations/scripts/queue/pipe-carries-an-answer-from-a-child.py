import atexit
import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def child(connection):
    question = connection.recv()
    time.sleep(0.5)  # so that the parent waits
    connection.send((question.upper(), os.getpid()))


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("recv() of a child's answer: expected to return, it hangs"))
    signal.alarm(20)
    here, there = mp.Pipe()
    process = mp.Process(target=child, args=(there,), daemon=True)
    process.start()
    there.close()
    here.send("hello")
    answer, pid = here.recv()
    process.join()
    print(f"what the parent received: expected 'HELLO' from another process, seen {answer!r} from {pid}")
    sys.exit(answer != "HELLO" or pid == os.getpid())
