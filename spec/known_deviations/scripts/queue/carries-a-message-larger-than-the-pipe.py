import atexit
import multiprocessing
import signal
import sys
import time

mp = multiprocessing
SIZE = 2 * 1024 * 1024


def child(queue):
    queue.put(b"x" * SIZE)


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM, lambda *_: sys.exit("get() of a large message and join(): expected to return, it hangs")
    )
    signal.alarm(20)
    queue = mp.Queue(3)
    process = mp.Process(target=child, args=(queue,), daemon=True)
    process.start()
    time.sleep(0.5)  # so that the pipe is full
    size = len(queue.get())
    process.join()
    print(f"bytes of the message that arrive: expected {SIZE}, seen {size}")
    sys.exit(size != SIZE)
