import atexit
import multiprocessing
import sys

mp = multiprocessing


def producer(queue, connection):
    for item in "first", "second":
        queue.put(item)
        connection.send("put")
        queue.join()
        connection.send("join() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    for item in "first", "second":
        connection.recv()
        got = queue.get()
        print(f"what is got: expected {item!r}, seen {got!r}")
        early = connection.poll(0.5)
        print(f"join() before it is reported: expected to wait, seen to {'return' if early else 'wait'}")
        queue.task_done()
        returns = connection.poll(10) and connection.recv()
        print(f"join() once it is reported: expected to return, seen to {'return' if returns else 'wait'}")
        if got != item or early or not returns:
            sys.exit(1)
