import atexit
import multiprocessing
import signal
import sys
import time

mp = multiprocessing


def outcome(call, *args):
    try:
        return repr(call(*args))
    except ValueError:
        return "ValueError"


class HeldUp:
    """Takes a second to be pickled."""

    def __reduce__(self):
        time.sleep(1)
        return str, ("held up",)


def closer(queue, connection):
    queue.put(HeldUp())
    time.sleep(0.2)
    queue.put("last words")
    queue.close()
    connection.send([outcome(queue.put, 1), outcome(queue.get)])


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM,
        lambda *_: sys.exit("put() or get() after another process closed its queue: expected to end, it hangs"),
    )
    signal.alarm(20)
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    mp.Process(target=closer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    outcomes = connection.recv()
    print(f"put() and get() in the process that closed: expected both ValueError, seen {outcomes}", flush=True)
    got = [queue.get(), queue.get()]
    queue.put("mine")
    got.append(queue.get())
    expected = ["held up", "last words", "mine"]
    print(f"what another process gets, before and after its own put(): expected {expected}, seen {got}")
    sys.exit(outcomes != ["ValueError", "ValueError"] or got != expected)
