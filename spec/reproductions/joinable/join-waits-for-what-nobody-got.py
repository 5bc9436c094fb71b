import atexit
import multiprocessing
import sys
import time

mp = multiprocessing


class HeldUp:
    """Takes three seconds to be pickled."""

    def __reduce__(self):
        time.sleep(3)
        return str, ("held up",)


def producer(queue, kind, connection):
    queue.put(kind())
    connection.send("the item was put")
    queue.join()
    connection.send("join() has returned")


def joins(kind):
    queue = mp.JoinableQueue()
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, kind, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    early = connection.poll(1)
    queue.get()
    queue.task_done()
    return "returns early" if early else "returns in the end" if connection.poll(10) else "never returns"


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    seen = []
    for kind, what in (str, "an item"), (HeldUp, "an item that is not pickled yet"):
        try:
            seen.append(joins(kind))
        except Exception as error:
            seen.append(repr(error))
        print(f"join() after the put() of {what}: expected 'returns in the end', seen {seen[-1]!r}")
    sys.exit(seen != ["returns in the end"] * 2)
