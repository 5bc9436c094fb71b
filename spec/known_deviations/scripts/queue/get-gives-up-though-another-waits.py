import atexit
import multiprocessing
import signal
import sys
import time
from queue import Empty

mp = multiprocessing


def waiting(queue, connection):
    connection.send("getting")
    connection.send(queue.get())


def outcome(call, *args):
    try:
        return repr(call(*args))
    except Empty:
        return "Empty"


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM, lambda *_: sys.exit("get(True, 0.2) or get(False) meanwhile: expected Empty, it hangs")
    )
    signal.alarm(20)
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    mp.Process(target=waiting, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    early = connection.poll(0.5)
    print(f"get() in another process: expected to wait, seen to {'end' if early else 'wait'}", flush=True)
    begun = time.monotonic()
    timed = outcome(queue.get, True, 0.2)
    seconds = time.monotonic() - begun
    outcomes = [timed, outcome(queue.get, False)]
    print(f"get(True, 0.2) and get(False) meanwhile: expected both Empty, seen {outcomes}")
    print(f"seconds that the first of them took: expected 0.2 or more, seen {seconds:.3f}")
    sys.exit(early or outcomes != ["Empty", "Empty"] or seconds < 0.2)
