import atexit
import multiprocessing
import signal
import sys
import time
from queue import Full

mp = multiprocessing


def other(queue, connection):
    queue.put("first")
    connection.send("the first was put")
    connection.recv()
    connection.send(queue.get())
    queue.put_nowait("second")
    connection.send(queue.get())


def outcome(call, *args):
    try:
        return repr(call(*args))
    except Full:
        return "Full"


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM, lambda *_: sys.exit("put_nowait(), put(item, False) and get(): expected to end, it hangs")
    )
    signal.alarm(20)
    queue = mp.Queue(1)
    connection, theirs = mp.Pipe()
    mp.Process(target=other, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    outcomes = [outcome(queue.put_nowait, "refused"), outcome(queue.put, "refused", False)]
    print(f"put_nowait(item) and put(item, False) on a full queue: expected both Full, seen {outcomes}", flush=True)
    time.sleep(0.5)  # so that a refused item would be the next
    connection.send("tried")
    got = [connection.recv(), connection.recv()]
    print(f"what another process puts and gets: expected ['first', 'second'], seen {got}")
    sys.exit(outcomes != ["Full", "Full"] or got != ["first", "second"])
