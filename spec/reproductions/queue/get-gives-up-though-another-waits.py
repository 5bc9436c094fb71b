import atexit
import multiprocessing
import signal
import sys
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
        signal.SIGALRM, lambda *_: sys.exit("get(True, 0.05) or get(False) meanwhile: expected Empty, it hangs")
    )
    signal.alarm(20)
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    mp.Process(target=waiting, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    early = connection.poll(0.5)
    print(f"get() in another process: expected to wait, seen to {'end' if early else 'wait'}", flush=True)
    outcomes = [outcome(queue.get, True, 0.05), outcome(queue.get, False)]
    print(f"get(True, 0.05) and get(False) meanwhile: expected both Empty, seen {outcomes}")
    sys.exit(early or outcomes != ["Empty", "Empty"])
