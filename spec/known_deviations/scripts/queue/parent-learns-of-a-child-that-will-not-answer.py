import atexit
import multiprocessing
import signal
import sys
import time

mp = multiprocessing


def child(connection):
    connection.recv()
    time.sleep(0.5)  # so that the parent waits
    sys.exit(1)


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM, lambda *_: sys.exit("recv() from a child that has ended: expected EOFError, it hangs")
    )
    signal.alarm(20)
    here, there = mp.Pipe()
    process = mp.Process(target=child, args=(there,), daemon=True)
    process.start()
    there.close()
    here.send("hello")
    try:
        seen = repr(here.recv())
    except EOFError:
        seen = "EOFError"
    print(f"recv() from a child that ends without an answer: expected EOFError, seen {seen}")
    process.join()
    sys.exit(seen != "EOFError")
