import multiprocessing
import signal
import sys

mp = multiprocessing


def complain():
    raise ImportError("cannot be unpickled")


class Unreadable:
    """Can be pickled, and not unpickled."""

    def __reduce__(self):
        return complain, ()


def get(queue, pipe):
    try:
        pipe.send(queue.get())
    except ImportError as error:
        pipe.send(repr(error))


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("expected to end, hangs: place or lock is not given back"))
    signal.alarm(20)
    queue = mp.Queue(1)
    ours, theirs = mp.Pipe()
    mp.Process(target=get, args=(queue, theirs), daemon=True).start()
    queue.put(Unreadable())
    seen = [ours.recv()]
    queue.put("after")
    seen.append(queue.get())
    expected = [repr(ImportError("cannot be unpickled")), "after"]
    print(f"what comes of an item that cannot be unpickled, and of one after it: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
