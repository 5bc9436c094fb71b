import multiprocessing
import signal
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


def buy(lock, stock, pipe):
    with lock:
        left = int(stock.read_text())
        pipe.send("inside")
        pipe.recv()
        stock.write_text(str(left - 1))
    pipe.send("bought")


def query(stock, pipe):
    for _ in range(2):
        pipe.recv()
        pipe.send(int(stock.read_text()))


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with tempfile.TemporaryDirectory() as folder:
        lock, stock = mp.Lock(), Path(folder) / "stock"
        stock.write_text("3")
        (buyer, buyers), (clerk, clerks) = mp.Pipe(), mp.Pipe()
        mp.Process(target=buy, args=(lock, stock, buyers), daemon=True).start()
        mp.Process(target=query, args=(stock, clerks), daemon=True).start()
        buyer.recv()
        clerk.send("how many?")
        during = clerk.recv()
        buyer.send("go on")
        buyer.recv()
        clerk.send("how many?")
        seen = during, clerk.recv()
    print(f"the count that a child reads while a buyer holds the lock, and after: expected (3, 2), seen {seen}")
    sys.exit(seen != (3, 2))
