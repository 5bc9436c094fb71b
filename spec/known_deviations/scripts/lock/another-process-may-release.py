import multiprocessing
import sys

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
    call(other, "release")
    seen = call(holder, "acquire", False)
    print(f"acquire(False) after another process has released the lock: expected True, seen {seen}")
    sys.exit(seen is not True)
