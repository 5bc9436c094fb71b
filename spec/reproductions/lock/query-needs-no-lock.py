import multiprocessing
import signal
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


def buy(lock, stock, orders):
    with lock:
        left = int(stock.read_text())
        orders.send("inside")
        orders.recv()
        draft = stock.with_name("draft")
        draft.write_text(str(left - 1))
        draft.replace(stock)


def query(stock, orders):
    while True:
        orders.recv()
        orders.send(int(stock.read_text()))


def start(target, *args):
    orders, theirs = mp.Pipe()
    child = mp.Process(target=target, args=(*args, theirs), daemon=True)
    child.start()
    return child, orders


def ask(orders):
    orders.send("how many are left?")
    return orders.recv()


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with tempfile.TemporaryDirectory() as folder:
        lock, stock = mp.Lock(), Path(folder) / "stock"
        stock.write_text("3")
        buyer, to_buyer = start(buy, lock, stock)
        to_buyer.recv()
        clerk, to_clerk = start(query, stock)
        during = ask(to_clerk)
        to_buyer.send("go on")
        buyer.join()
        seen = during, ask(to_clerk)
    print(f"the count that a child reads while a buyer holds the lock, and after: expected (3, 2), seen {seen}")
    sys.exit(seen != (3, 2))
