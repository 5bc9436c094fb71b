import multiprocessing
import sys

mp = multiprocessing


def act(lock, orders):
    orders.send("ready")
    while True:
        name, *args = orders.recv()
        orders.send(getattr(lock, name)(*args))


def start(lock):
    orders, theirs = mp.Pipe()
    mp.Process(target=act, args=(lock, theirs), daemon=True).start()
    theirs.close()
    answer(orders)
    return orders


def answer(orders):
    if not orders.poll(10):
        sys.exit("a child does not answer: expected within 10 seconds")
    return orders.recv()


def call(orders, *order):
    orders.send(order)
    return answer(orders)


if __name__ == "__main__":
    lock = mp.Lock()
    holder, waiter = start(lock), start(lock)
    call(holder, "acquire")
    waiter.send(["acquire"])
    early = waiter.poll(0.3)
    call(holder, "release")
    acquired = answer(waiter)
    print(f"the waiter went on while another held the lock: expected False, seen {early}")
    print(f"what its acquire() returned in the end: expected True, seen {acquired}")
    sys.exit((early, acquired) != (False, True))
