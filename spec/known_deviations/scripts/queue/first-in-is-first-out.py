import atexit
import multiprocessing
import signal
import sys
import time

mp = multiprocessing
SIZE = 2 * 1024 * 1024


class HeldUp:
    """Takes a second to be pickled."""

    def __reduce__(self):
        time.sleep(1)
        return str, ("held up",)


def producer(queue, connection):
    for number in range(10):
        queue.put((number, b"x" * (SIZE if number == 3 else 0)))
    connection.send("all were put")
    connection.recv()
    queue.put(HeldUp())
    time.sleep(0.3)
    queue.put("behind it")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM,
        lambda *_: sys.exit("put() and get() of ten items, one of them large: expected to return, it hangs"),
    )
    signal.alarm(20)
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    got = [queue.get()[0] for _ in range(10)]
    print(f"order in which ten items are got: expected {list(range(10))}, seen {got}")
    connection.send("go on")
    then = [queue.get() for _ in range(2)]
    print(f"of one that takes long to pickle, and one behind: expected ['held up', 'behind it'], seen {then}")
    sys.exit(got != list(range(10)) or then != ["held up", "behind it"])
