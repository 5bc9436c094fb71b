import atexit
import multiprocessing
import random
import sys
from queue import Empty, Full

mp = multiprocessing


def worker(queue, connection):
    while True:
        method, *args = connection.recv()
        try:
            connection.send(getattr(queue, method)(*args))
        except (Empty, Full, ValueError) as error:
            connection.send(type(error).__name__)


def check(what, connection, expected, seconds=10):
    seen = connection.recv() if connection.poll(seconds) else "to wait"
    if seen != expected:
        sys.exit(f"{what}: expected {expected}, seen {seen}")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue, connections, items, unfinished, joining = mp.JoinableQueue(2), [], 0, 0, False
    for _ in range(2):
        connection, theirs = mp.Pipe()
        connections.append(connection)
        mp.Process(target=worker, args=(queue, theirs), daemon=True).start()
        theirs.close()
    one, other = connections
    for operation in random.Random(1).choices(["put", "get", "task_done", "join"], k=100):
        what = f"{operation} with {items} of 2 items in the queue and {unfinished} unfinished"
        if operation == "put":
            one.send(("put_nowait", "item"))
            check(what, one, "Full" if items == 2 else None)
            items, unfinished = (items, unfinished) if items == 2 else (items + 1, unfinished + 1)
        elif operation == "get":
            one.send(("get",) if items else ("get_nowait",))
            check(what, one, "item" if items else "Empty")
            items = max(items - 1, 0)
        elif operation == "task_done":
            one.send(("task_done",))
            check(what, one, None if unfinished else "ValueError")
            unfinished = max(unfinished - 1, 0)
        elif not joining:
            other.send(("join",))
            joining = True
        if joining:
            check(f"join() after {what}", other, "to wait" if unfinished else None, 0.1 if unfinished else 10)
            joining = unfinished > 0
    print("join() over 100 operations: expected to wait just while puts outnumber reports, seen so")
