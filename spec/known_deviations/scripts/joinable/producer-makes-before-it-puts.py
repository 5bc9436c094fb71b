import atexit
import multiprocessing
import sys

mp = multiprocessing


def producer(queue, connection):
    for item in "first", "second":
        connection.send(item)
        connection.recv()  # until the item is made
        queue.put(item)


def consumer(queue, connection):
    for _ in range(2):
        connection.send(queue.get())


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    producing, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    consuming, theirs = mp.Pipe()
    mp.Process(target=consumer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    for _ in range(2):
        item = producing.recv()
        early = consuming.poll(0.5)
        print(f"get() before {item!r} was put: expected to wait, seen to {'return' if early else 'wait'}")
        producing.send("made")
        got = consuming.recv() if consuming.poll(10) else "nothing in 10 s"
        print(f"what get() returns then: expected {item!r}, seen {got!r}")
        if early or got != item:
            sys.exit(1)
