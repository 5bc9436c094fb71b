import multiprocessing
import random
import signal
import sys

mp = multiprocessing


def ask(shared, name, args):
    try:
        return getattr(shared, name)(*args)
    except KeyError:
        return "KeyError"


def act(shared, orders):
    while True:
        orders.send(ask(shared, *orders.recv()))


def some_call():
    key, number = random.choice("ab"), random.randint(0, 3)
    default = random.choice([(), (number,)])
    args = dict.fromkeys(["__len__", "copy", "popitem", "clear"], ())
    args.update(dict.fromkeys(["__getitem__", "__delitem__", "__contains__"], (key,)))
    args.update(dict.fromkeys(["__setitem__", "setdefault"], (key, number)), update=({key: number},))
    args.update(dict.fromkeys(["get", "pop"], (key, *default)))
    return random.choice([*args.items()])


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with mp.Manager() as manager:
        shared, plain, children = manager.dict(), {}, []
        for _ in range(2):
            orders, theirs = mp.Pipe()
            children.append(orders)
            mp.Process(target=act, args=(shared, theirs), daemon=True).start()
            theirs.close()
        for _ in range(500):
            child, call, before = random.choice(children), some_call(), dict(plain)
            child.send(call)
            seen, expected = (child.recv(), shared.copy()), (ask(plain, *call), plain)
            if seen != expected:
                sys.exit(f"what {call} on {before} returned, and the dict then: expected {expected}, seen {seen}")
    print("calls answered as by a plain dict: expected 500, seen 500")
