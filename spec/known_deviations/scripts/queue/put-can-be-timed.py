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


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("put(item, True, 0.2) and get(): expected to end, it hangs"))
    signal.alarm(20)
    queue = mp.Queue(1)
    connection, theirs = mp.Pipe()
    mp.Process(target=other, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    begun, seen = time.monotonic(), "no exception"
    try:
        queue.put("late", True, 0.2)
    except Full:
        seen = "Full"
    elapsed = time.monotonic() - begun
    print(
        f"put(item, True, 0.2) on a full queue: expected Full after 0.2 s, seen {seen} after {elapsed:.2f} s",
        flush=True,
    )
    time.sleep(0.5)  # so that the late item would be the next
    connection.send("tried")
    got = [connection.recv(), connection.recv()]
    print(f"what another process puts and gets: expected ['first', 'second'], seen {got}")
    sys.exit(seen != "Full" or elapsed < 0.19 or got != ["first", "second"])
