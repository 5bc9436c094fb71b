import atexit
import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def child(queue):
    time.sleep(0.5)  # so that the parent waits
    queue.put(("hello", os.getpid()))


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("get() of what a child puts: expected to return, it hangs"))
    signal.alarm(20)
    queue = mp.Queue(3)
    process = mp.Process(target=child, args=(queue,), daemon=True)
    process.start()
    message, pid = queue.get()
    process.join()
    print(f"what the parent got: expected 'hello' from another process, seen {message!r} from {pid}")
    sys.exit(message != "hello" or pid == os.getpid())
