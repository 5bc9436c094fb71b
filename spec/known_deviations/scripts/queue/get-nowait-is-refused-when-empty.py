import atexit
import multiprocessing
import signal
import sys
from queue import Empty, Full

mp = multiprocessing


def other(queue):
    queue.put(0)
    try:
        queue.put_nowait(1)
    except Full:
        sys.exit(7)


def outcome(call, *args):
    try:
        return repr(call(*args))
    except Empty:
        return "Empty"


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("get_nowait() or get(False): expected to end, it hangs"))
    signal.alarm(20)
    queue = mp.Queue(1)
    outcomes = [outcome(queue.get_nowait), outcome(queue.get, False)]
    print(f"get_nowait() and get(False) on an empty queue: expected both Empty, seen {outcomes}", flush=True)
    process = mp.Process(target=other, args=(queue,), daemon=True)
    process.start()
    process.join()  # the item is in the pipe
    then = [outcome(queue.get_nowait), outcome(queue.get_nowait)]
    print(f"get_nowait() with one item there, twice: expected ['0', 'Empty'], seen {then}")
    print(
        f"exit code of a child that was refused a second item, in a queue of one: expected 7, seen {process.exitcode}"
    )
    sys.exit(process.exitcode != 7 or outcomes != ["Empty", "Empty"] or then != ["0", "Empty"])
