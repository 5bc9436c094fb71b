import multiprocessing
import random
import signal
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


def serve(stock, orders):
    while orders.recv():
        left = int(stock.read_text())
        orders.send(left)
        orders.recv()
        stock.write_text(str(left - 1))
        orders.send("bought")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with tempfile.TemporaryDirectory() as folder:
        stock, staff = Path(folder) / "stock", []
        for _ in range(6):
            orders, theirs = mp.Pipe()
            staff.append(orders)
            mp.Process(target=serve, args=(stock, theirs), daemon=True).start()
        for _ in range(10):
            buyers, tickets = random.randint(1, 6), random.randint(1, 8)
            stock.write_text(str(tickets))
            for orders in staff[:buyers]:
                orders.send("buy")
            read = [orders.recv() for orders in staff[:buyers]]
            for orders in staff[:buyers]:
                orders.send("go on")
            bought = [orders.recv() for orders in staff[:buyers]].count("bought")
            seen, expected = (read, bought, int(stock.read_text())), ([tickets] * buyers, buyers, tickets - 1)
            print(f"{buyers} buyers: what they read, sold, and left: expected {expected}, seen {seen}")
            if seen != expected:
                sys.exit(1)
