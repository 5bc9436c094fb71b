import atexit
import multiprocessing
import sys

mp = multiprocessing


def producer(queue, connection):
    queue.put("item")
    connection.send("the item was put")
    queue.join()
    connection.send("join() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    early = connection.poll(1)
    print(f"join() after a put() and no get(): expected to wait, seen to {'return' if early else 'wait'}")
    sys.exit(early)
