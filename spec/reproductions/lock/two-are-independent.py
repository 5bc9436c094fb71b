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
    one, another = mp.Lock(), mp.Lock()
    holder, other = start(one), start(another)
    call(holder, "acquire")
    seen = call(other, "acquire", False)
    print(f"acquire(False) of a free lock, while another lock is held: expected True, seen {seen}")
    sys.exit(seen is not True)
