import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def work(conn):
    signal.signal(signal.SIGTERM, lambda number, _: conn.send((os.getpid(), int(number))))
    conn.send("ready")
    if not conn.poll(10):
        conn.send("not let go")


def received(conn):
    messages = []
    while conn.poll():
        messages.append(conn.recv())
    return messages


if __name__ == "__main__":
    pipes = [mp.Pipe(), mp.Pipe()]
    child, sibling = (mp.Process(target=work, args=(there,)) for _, there in pipes)
    for process in child, sibling:
        process.start()
    for here, _ in pipes:
        if not here.poll(10):
            sys.exit("a child that begins with signal.signal(): expected to go on, seen nothing of it for 10 s")
        here.recv()
    child.terminate()
    for here, _ in pipes:
        here.send("go")
    for process in child, sibling:
        process.join()
    seen = [received(here) for here, _ in pipes]
    expected = [[(child.pid, int(signal.SIGTERM))], []]
    print(f"pids and signals that a terminated child and its sibling saw: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
