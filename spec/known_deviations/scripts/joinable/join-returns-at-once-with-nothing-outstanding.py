import atexit
import multiprocessing
import sys

mp = multiprocessing


def producer(queue, connection):
    queue.join()
    connection.send("join() has returned")
    queue.put("item")
    connection.recv()  # until the item is processed
    queue.join()
    connection.send("join() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    returns = connection.poll(10) and connection.recv()
    print(f"join() before any put(): expected to return, seen to {'return' if returns else 'wait'}")
    if not returns:
        sys.exit(1)
    queue.get()
    queue.task_done()
    connection.send("processed")
    returns = connection.poll(10) and connection.recv()
    print(f"join() after put(), get() and task_done(): expected to return, seen to {'return' if returns else 'wait'}")
    sys.exit(not returns)
