import atexit
import multiprocessing
import signal
import sys

mp = multiprocessing
SIZE = 2 * 1024 * 1024


def producer(queue, connection):
    queue.put(b"x" * SIZE)
    connection.send("put() has returned")
    queue.close()
    queue.join_thread()
    connection.send("join_thread() has returned")


def reader(queue, connection):
    connection.recv()
    queue.get()


def hangs(*_):
    sys.exit("put() and get() of a large item: expected to return, it hangs")


def maker_waits():
    queue, waited = mp.Queue(), []
    connection, theirs = mp.Pipe()
    child = mp.Process(target=reader, args=(queue, theirs), daemon=True)
    child.start()
    queue.put(b"x" * SIZE)
    queue.close()
    signal.signal(signal.SIGALRM, lambda *_: waited.append("for a second") or connection.send("read"))
    signal.alarm(1)
    queue.join_thread()
    signal.alarm(0)
    if not waited:
        connection.send("read")  # so that the item is written before the program ends
        child.join(10)
    print(f"join_thread() in the queue's own process: expected to wait, seen to {'wait' if waited else 'return'}")
    return bool(waited)


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, hangs)
    signal.alarm(20)
    if not maker_waits():
        sys.exit(1)
    signal.signal(signal.SIGALRM, hangs)
    signal.alarm(20)
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    early = connection.poll(1)
    print(
        f"join_thread() with a large item to write: expected to wait, seen to {'return' if early else 'wait'}",
        flush=True,
    )
    if early:
        sys.exit(1)
    size = len(queue.get())
    returns = connection.poll(10) and connection.recv()
    print(f"bytes that arrive: expected {SIZE}, seen {size}")
    print(f"join_thread() then: expected to return, seen to {'return' if returns else 'wait'}")
    sys.exit(size != SIZE or not returns)
