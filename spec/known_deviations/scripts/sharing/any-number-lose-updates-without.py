import multiprocessing
import random
import signal
import sys

mp = multiprocessing


def take_ones(counter, orders):
    while orders.recv():
        read = counter["num"]
        orders.send(read)
        orders.recv()
        counter["num"] = read - 1
        orders.send("done")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    staff = []
    with mp.Manager() as manager:
        counter = manager.dict(num=0)
        for _ in range(5):
            orders, theirs = mp.Pipe()
            staff.append(orders)
            mp.Process(target=take_ones, args=(counter, theirs), daemon=True).start()
            theirs.close()
        for start in 100, 0, -1, 2**40, *(random.randint(-(2**70), 2**70) for _ in range(4)):
            counter["num"], workers = start, random.randint(2, 5)
            for orders in staff[:workers]:
                orders.send("take one")
            read = [orders.recv() for orders in staff[:workers]]
            for orders in staff[:workers]:
                orders.send("go on")
            done = [orders.recv() for orders in staff[:workers]]
            seen, expected = (read, counter["num"]), ([start] * workers, start - 1)
            print(f"what {workers} children read, and what is left of {start}: expected {expected}, seen {seen}")
            if seen != expected:
                sys.exit(1)
