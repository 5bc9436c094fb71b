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
    holder = start(lock)
    call(holder, "acquire")
    again = call(holder, "acquire", False)
    holder.send(["acquire"])
    went_on = holder.poll(0.3)
    print(f"acquire(False) by the process that holds the lock: expected False, seen {again}")
    print(f"acquire() by it returned or failed: expected False, as it waits, seen {went_on}")
    sys.exit((again, went_on) != (False, False))
