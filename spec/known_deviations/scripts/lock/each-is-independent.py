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
    one, another = mp.Lock(), mp.Lock()
    holder, other = start(one), start(another)
    call(holder, "acquire")
    seen = call(other, "acquire", False)
    print(f"acquire(False) of a free lock, while another lock is held: expected True, seen {seen}")
    got = sum(lock.acquire(False) for lock in [mp.Lock() for _ in range(100)])
    print(f"acquire(False) of a hundred free locks: expected 100 times True, seen {got} times")
    sys.exit(seen is not True or got != 100)
