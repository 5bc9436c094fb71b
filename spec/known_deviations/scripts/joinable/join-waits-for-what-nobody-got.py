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


def producer(queue, connection):
    for kind in str, HeldUp:
        queue.put(kind())
        connection.send("the item was put")
        queue.join()
        connection.send("join() has returned")


def joins(queue, connection):
    connection.recv()
    early = connection.poll(1)
    queue.get()
    queue.task_done()
    if not connection.poll(10):
        return "never returns"
    connection.recv()
    return "returns early" if early else "returns in the end"


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    seen, queue = [], mp.JoinableQueue()
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    for what in "an item", "another, which is not pickled yet":
        try:
            seen.append(joins(queue, connection))
        except Exception as error:
            seen.append(repr(error))
        print(f"join() after the put() of {what}: expected 'returns in the end', seen {seen[-1]!r}")
        if seen[-1] != "returns in the end":
            break
    sys.exit(seen != ["returns in the end"] * 2)
