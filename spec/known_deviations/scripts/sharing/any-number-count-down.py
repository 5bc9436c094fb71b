import multiprocessing
import random
import signal
import sys

mp = multiprocessing


def take_ones(counter, lock, number, inside, orders):
    while orders.recv():
        with lock:
            read = counter["num"]
            inside.send((number, read))
            orders.recv()
            counter["num"] = read - 1
        orders.send("done")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    lock, staff = mp.Lock(), []
    inside, writer = mp.Pipe(duplex=False)
    with mp.Manager() as manager:
        counter = manager.dict(num=0)
        for number in range(5):
            orders, theirs = mp.Pipe()
            staff.append(orders)
            mp.Process(target=take_ones, args=(counter, lock, number, writer, theirs), daemon=True).start()
        for start in 100, 0, -1, 2**40, *(random.randint(-(2**70), 2**70) for _ in range(4)):
            counter["num"], workers = start, random.randint(2, 5)
            for orders in staff[:workers]:
                orders.send("take one")
            seen = []
            for _ in range(workers):
                number, read = inside.recv()
                seen.append((read, inside.poll(0.05)))
                staff[number].send("go on")
            done = [orders.recv() for orders in staff[:workers]]
            expected = [(start - taken, False) for taken in range(workers)]
            print(f"what {workers} children read, and if another was inside: expected {expected}, seen {seen}")
            print(f"what is left of {start}: expected {start - workers}, seen {counter['num']}")
            if (seen, counter["num"]) != (expected, start - workers):
                sys.exit(1)
