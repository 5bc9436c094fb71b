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
    holder, other = start(lock), start(lock)
    call(holder, "acquire")
    held = call(other, "acquire", False)
    call(holder, "release")
    seen = held, call(other, "acquire", False), call(holder, "acquire", False)
    expected = False, True, False
    print(f"acquire(False) when another held it, when free, when another held it: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
