import multiprocessing
import sys

mp = multiprocessing


def act(shared, orders):
    while True:
        name, *args = orders.recv()
        orders.send(getattr(shared, name)(*args))


def start(shared):
    orders, theirs = mp.Pipe()
    mp.Process(target=act, args=(shared, theirs), daemon=True).start()
    theirs.close()
    return orders


def call(orders, *order):
    orders.send(order)
    if not orders.poll(20):
        sys.exit(f"a call hangs: {order}")
    return orders.recv()


if __name__ == "__main__":
    with mp.Manager() as manager:
        shared = manager.dict(num=100)
        first, second = start(shared), start(shared)
        call(first, "__setitem__", "num", 7)
        by_first = shared["num"], call(second, "get", "num")
        shared["num"] = 8
        by_starter = call(first, "get", "num"), call(second, "get", "num")
    print(f"seen by the starter and the second child when the first wrote 7: expected (7, 7), seen {by_first}")
    print(f"seen by both children when the starter wrote 8: expected (8, 8), seen {by_starter}")
    sys.exit((by_first, by_starter) != ((7, 7), (8, 8)))
