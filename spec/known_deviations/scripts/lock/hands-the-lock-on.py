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
        buyers = [mp.Process(target=buy, args=args, daemon=True) for _ in range(4)]
        for buyer in buyers:
            buyer.start()
        processes = len({os.getpid(), *(ready[0].recv() for _ in buyers)})
        seen = []
        for _ in range(3):
            seen.append((inside[0].recv(), inside[0].poll(0.3)))
            os.write(gate[1].fileno(), b"x")
        os.write(gate[1].fileno(), b"x" * 4)  # for nobody, if all is well
        for buyer in buyers:
            buyer.join()
    expected = [(3, False), (2, False), (1, False)]
    print(f"what each buyer read, and whether another was inside: expected {expected}, seen {seen}")
    print(f"processes, the starter too: expected 5, seen {processes}")
    sys.exit((seen, processes) != (expected, 5))
