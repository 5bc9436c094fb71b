import atexit
import multiprocessing
import sys

mp = multiprocessing


def producer(queue, connection):
    for item in "first", "second":
        queue.put(item)
        queue.join()
        connection.send(f"join() after {item} has returned")


def consumer(queue, connection):
    while True:
        connection.send(queue.get())
        connection.recv()  # until the item is processed
        queue.task_done()


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    producing, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    consuming, theirs = mp.Pipe()
    mp.Process(target=consumer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    for item in "first", "second":
        got = consuming.recv() if consuming.poll(10) else "nothing in 10 s"
        print(f"what the consumer processes: expected {item!r}, seen {got!r}")
        if got != item:
            sys.exit(1)
        empty = queue.empty()
        print(f"whether the queue is empty meanwhile: expected True, seen {empty}")
        early = producing.poll(0.5)
        print(f"join() meanwhile: expected to wait, seen to {'return' if early else 'wait'}")
        consuming.send("processed")
        returns = producing.poll(10) and producing.recv()
        print(f"join() after task_done(): expected to return, seen to {'return' if returns else 'wait'}")
        if not empty or early or not returns:
            sys.exit(1)
