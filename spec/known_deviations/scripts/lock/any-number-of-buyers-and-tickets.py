import multiprocessing
import random
import signal
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


def serve(lock, stock, number, inside, orders):
    while orders.recv():
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
            staff.append(mp.Pipe())
            mp.Process(target=serve, args=(lock, stock, number, writer, staff[number][1]), daemon=True).start()
        for buyers, tickets in zip([1, 2, 3, 4, 5, 6, 6], random.sample(range(9), 7)):
            stock.write_text(str(tickets))
            for orders, _ in staff[:buyers]:
                orders.send("buy")
            for _ in range(min(buyers, tickets)):
                number = inside.recv()
                if inside.poll(0.1):
                    print("a buyer got in while another held the lock: expected False, seen True")
                    sys.exit(1)
                staff[number][0].send("go on")
            bought = [orders.recv() for orders, _ in staff[:buyers]].count("bought")
            seen, expected = (bought, int(stock.read_text())), (min(buyers, tickets), max(0, tickets - buyers))
            print(f"{buyers} buyers, {tickets} tickets: sold and left: expected {expected}, seen {seen}")
            if seen != expected:
                sys.exit(1)
