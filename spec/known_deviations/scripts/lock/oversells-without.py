import multiprocessing
import os
import signal
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


def buy(stock, inside, gate, told):
    left = int(stock.read_text())
    inside.send((os.getpid(), left))
    os.read(gate.fileno(), 1)
    stock.write_text(str(left - 1))
    told.send("bought")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with tempfile.TemporaryDirectory() as folder:
        stock = Path(folder) / "stock"
        stock.write_text("3")
        inside, gate, told = (mp.Pipe(duplex=False) for _ in range(3))
        args = stock, inside[1], gate[0], told[1]
        buyers = [mp.Process(target=buy, args=args, daemon=True) for _ in range(10)]
        for buyer in buyers:
            buyer.start()
        read = [inside[0].recv() for _ in buyers]
        os.write(gate[1].fileno(), b"x" * 10)
        outcomes = [told[0].recv() for _ in buyers]
        for buyer in buyers:
            buyer.join()
        left = stock.read_text()
    bought = outcomes.count("bought")
    print(f"what ten processes read before any wrote: expected ten times 3, seen {[*dict(read).values()]}")
    print(f"how many bought: expected 10, seen {bought}; the stock after that: expected 2, seen {left}")
    sys.exit(([*dict(read).values()], bought, left) != ([3] * 10, 10, "2"))
