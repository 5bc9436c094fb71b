import multiprocessing
import sys
import time

mp = multiprocessing


def act(lock, orders):
    while True:
        name, *args = orders.recv()
        orders.send(getattr(lock, name)(*args))


def start(lock):
    orders, theirs = mp.Pipe()
    mp.Process(target=act, args=(lock, theirs), daemon=True).start()
    theirs.close()
    return orders


def call(orders, *order):
    orders.send(order)
    if not orders.poll(20):
        sys.exit(f"a call hangs: {order}")
    return orders.recv()


if __name__ == "__main__":
    lock = mp.Lock()
    holder, other = start(lock), start(lock)
    call(holder, "acquire")
    begun = time.monotonic()
    in_vain = call(other, "acquire", True, 0.5)
    seconds = time.monotonic() - begun
    other.send(("acquire", True, 1000))
    early = other.poll(0.3)
    call(holder, "release")
    acquired = other.recv() if other.poll(20) else "that it waits still"
    print(f"acquire(True, 0.5) of a held lock: expected False after 0.5 s, seen {in_vain} after {seconds:.3f} s")
    print(f"acquire(True, 1000) returned before the release: expected False, seen {early}")
    print(f"what it returned in the end: expected True, seen {acquired}")
    sys.exit((in_vain, seconds >= 0.5, early, acquired) != (False, True, False, True))
