import multiprocessing
import random
import signal
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


def serve(lock, stock, number, inside, orders):
    while True:
        orders.recv()
        with lock:
            left = int(stock.read_text())
            if left:
                inside.send(number)
                orders.recv()
                stock.write_text(str(left - 1))
        orders.send("bought" if left else "sold out")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with tempfile.TemporaryDirectory() as folder:
        lock, stock, staff = mp.Lock(), Path(folder) / "stock", []
        inside, writer = mp.Pipe(duplex=False)
        for number in range(6):
            orders, theirs = mp.Pipe()
            staff.append(orders)
            mp.Process(target=serve, args=(lock, stock, number, writer, theirs), daemon=True).start()
        for _ in range(10):
            buyers, tickets = random.randint(1, 6), random.randint(0, 8)
            stock.write_text(str(tickets))
            for orders in staff[:buyers]:
                orders.send("buy")
            crowd = 0
            for _ in range(min(buyers, tickets)):
                number = inside.recv()
                crowd += inside.poll(0.05)
                staff[number].send("go on")
            if crowd:
                sys.exit(f"how often a buyer got in who should wait: expected 0, seen {crowd}")
            bought = [orders.recv() for orders in staff[:buyers]].count("bought")
            seen, expected = (bought, int(stock.read_text())), (min(buyers, tickets), max(0, tickets - buyers))
            print(f"{buyers} buyers, {tickets} tickets: sold and left: expected {expected}, seen {seen}")
            if seen != expected:
                sys.exit(1)
