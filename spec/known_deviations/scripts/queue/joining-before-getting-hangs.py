import atexit
import multiprocessing
import signal
import sys

mp = multiprocessing
SIZE = 2 * 1024 * 1024


def child(queue, connection):
    queue.put(b"x" * SIZE)
    connection.send("put() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("put(), get() and join(): expected to return, it hangs"))
    signal.alarm(20)
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    process = mp.Process(target=child, args=(queue, theirs), daemon=True)
    process.start()
    theirs.close()
    connection.recv()
    process.join(1)
    exited = connection.poll()  # at the end of the pipe, as its last sender has exited
    print(f"join(1) before a large item is got: expected to time out, seen to {'end' if exited else 'time out'}")
    if exited:
        sys.exit(1)
    size = len(queue.get())
    print(f"bytes that arrive: expected {SIZE}, seen {size}", flush=True)
    process.join()
    exited = connection.poll()
    print(f"whether the child exits then: expected True, seen {exited}")
    sys.exit(size != SIZE or not exited)
