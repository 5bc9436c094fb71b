import multiprocessing
import signal
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
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: a lock, or a child"))
    signal.alarm(20)
    lock = mp.Lock()
    child = start(lock)
    call(child, "acquire")
    held = lock.acquire(False)
    call(child, "release")
    seen = held, lock.acquire(False), call(child, "acquire", False)
    expected = False, True, False
    print("acquire(False) by the starter when the child holds the lock, when it is free,")
    print(f"and by the child when the starter holds it: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
