import multiprocessing
import sys

mp = multiprocessing


def act(lock, orders):
    while True:
        name, *args = orders.recv()
        try:
            orders.send(getattr(lock, name)(*args))
        except AssertionError as error:
            orders.send(repr(error))


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
    again = [call(holder, "acquire", False) for _ in range(2)]
    print(f"the holder acquires it twice again: expected [True, True], seen {again}")
    if again != [True, True]:
        sys.exit(1)
    for _ in range(2):
        call(holder, "__enter__")
        call(holder, "__exit__", None, None, None)
    after = []
    for _ in range(3):
        call(holder, "release")
        after.append(call(other, "acquire", False))
    print(f"another acquires it after 1, 2, 3 releases: expected [False, False, True], seen {after}")
    sys.exit(after != [False, False, True])
