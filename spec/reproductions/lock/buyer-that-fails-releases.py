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
            raise ConnectionError("the network is down")
        answer.send("no exception")
    except ConnectionError:
        answer.send("ConnectionError")
    time.sleep(1000)  # it lives on: its end can't be what releases the lock


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
        raised = answer.recv()
        free = lock.acquire(False)
        if free:
            lock.release()
            next_buyer = mp.Process(target=buy, args=(lock, stock, writer), daemon=True)
            next_buyer.start()
            read = answer.recv()
            next_buyer.join()
            print(f"what the next buyer read and left: expected (3, 2), seen {(read, int(stock.read_text()))}")
            free = (read, int(stock.read_text())) == (3, 2)
    print(f"what came out of the with block: expected ConnectionError, seen {raised}")
    print(f"the lock was free, and the stock as before: expected True, seen {free}")
    sys.exit((raised, free) != ("ConnectionError", True))
