import multiprocessing
import sys
from queue import Empty, Full

mp = multiprocessing

OPTIONS = {"block": False}, {"timeout": 0.05}, {"timeout": 0}


def try_each(queue, connection):
    for options in OPTIONS:
        try:
            connection.send(queue.get(**options))
        except Empty:
            connection.send("Empty")
    queue.put("item", timeout=60)
    for options in OPTIONS:
        try:
            connection.send(queue.put("late", **options))
        except Full:
            connection.send("Full")
    connection.send(queue.get(block=True, timeout=60))


if __name__ == "__main__":
    queue = mp.Queue(maxsize=1)
    ours, theirs = mp.Pipe()
    child = mp.Process(target=try_each, args=(queue, theirs), daemon=True)
    child.start()
    expected = ["Empty"] * 3 + ["Full"] * 3 + ["item"]
    seen = []
    while len(seen) < len(expected) and ours.poll(20):
        seen.append(ours.recv())
    child.terminate()
    print("get, then put on a full queue, with block=False, timeout=0.05 and timeout=0 each; then get:")
    print(f"expected {expected}, seen {seen}")
    sys.exit(seen != expected)
