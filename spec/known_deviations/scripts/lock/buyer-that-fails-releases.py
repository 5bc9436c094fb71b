import multiprocessing
import signal
import sys
import tempfile
import time
from pathlib import Path

mp = multiprocessing


def fail(lock, stock, answer):
    try:
        with lock:
            stock.read_text()
            raise ConnectionError
        answer.send("nothing")
    except ConnectionError:
        answer.send("ConnectionError")
    time.sleep(1000)  # if the lock is free, that is not due to the end of the process


def buy(lock, stock, answer):
    with lock:
        left = int(stock.read_text())
        stock.write_text(str(left - 1))
    answer.send(left)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with tempfile.TemporaryDirectory() as folder:
        lock, stock = mp.Lock(), Path(folder) / "stock"
        stock.write_text("3")
        answer, writer = mp.Pipe(duplex=False)
        mp.Process(target=fail, args=(lock, stock, writer), daemon=True).start()
        raised, free = answer.recv(), lock.acquire(False)
        print(f"raised by a with block that fails: expected ConnectionError, seen {raised}; free then: {free}")
        if (raised, free) != ("ConnectionError", True):
            sys.exit(1)
        lock.release()
        mp.Process(target=buy, args=(lock, stock, writer), daemon=True).start()
        seen = answer.recv(), int(stock.read_text())
    print(f"what the next buyer reads, and leaves: expected (3, 2), seen {seen}")
    sys.exit(seen != (3, 2))
