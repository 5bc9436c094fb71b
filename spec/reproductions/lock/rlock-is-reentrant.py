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
    lock = mp.RLock()
    holder, other = start(lock), start(lock)
    call(holder, "acquire")
    again = call(holder, "acquire", False)
    call(holder, "release")
    after_one = call(other, "acquire", False)
    call(holder, "release")
    after_two = call(other, "acquire", False)
    print(f"the holder acquires it again: expected True, seen {again}")
    print(f"another acquires it after one release: expected False, seen {after_one}")
    print(f"another acquires it after two releases: expected True, seen {after_two}")
    sys.exit((again, after_one, after_two) != (True, False, True))
