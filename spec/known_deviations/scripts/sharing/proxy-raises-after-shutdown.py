import multiprocessing
import signal
import sys

mp = multiprocessing


def ask(shared):
    try:
        return f"answers {shared.get('num')}"
    except Exception:
        return "raises"


def act(shared, orders):
    while orders.recv():
        orders.send(ask(shared))


def start(shared):
    orders, theirs = mp.Pipe()
    mp.Process(target=act, args=(shared, theirs), daemon=True).start()
    theirs.close()
    return orders


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with mp.Manager() as manager:
        shared = manager.dict(num=100)
        used, unused = start(shared), start(shared)
        used.send("ask")
        before = ask(shared), used.recv()
        manager.shutdown()
        used.send("ask"), unused.send("ask")
        seen = used.recv(), unused.recv(), ask(shared)
    print(f"to the starter and a child: expected ('answers 100', 'answers 100'), seen {before}")
    print("after shutdown, to that child, to one that has not used it yet, and to the starter:")
    print(f"expected ('raises', 'raises', 'raises'), seen {seen}")
    sys.exit((before, seen) != (("answers 100",) * 2, ("raises",) * 3))
