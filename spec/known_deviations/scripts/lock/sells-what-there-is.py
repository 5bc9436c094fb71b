import multiprocessing
import os
import signal
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


def buy(lock, stock, ready, inside, gate, told):
    ready.send(os.getpid())
    with lock:
        left = int(stock.read_text() or "0")  # empty while another writes
        if left:
            inside.send(left)
            os.read(gate.fileno(), 1)
            stock.write_text(str(left - 1))
        told.send("bought" if left else "sold out")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with tempfile.TemporaryDirectory() as folder:
        lock, stock = mp.Lock(), Path(folder) / "stock"
        stock.write_text("3")
        ready, inside, gate, told = (mp.Pipe(duplex=False) for _ in range(4))
        args = lock, stock, ready[1], inside[1], gate[0], told[1]
        buyers = [mp.Process(target=buy, args=args, daemon=True) for _ in range(10)]
        for buyer in buyers:
            buyer.start()
        processes = len({os.getpid(), *(ready[0].recv() for _ in buyers)})
        for _ in range(3):
            inside[0].recv()
            os.write(gate[1].fileno(), b"x")
        os.write(gate[1].fileno(), b"x" * 10)  # for nobody, if all is well
        outcomes = [told[0].recv() for _ in buyers]
        for buyer in buyers:
            buyer.join()
        bought, left = outcomes.count("bought"), stock.read_text()
    print(f"how many of 10 buyers got one of the 3 tickets: expected 3, seen {bought}; left: expected 0, seen {left}")
    print(f"processes, the starter too: expected 11, seen {processes}")
    sys.exit((bought, left, processes) != (3, "0", 11))
