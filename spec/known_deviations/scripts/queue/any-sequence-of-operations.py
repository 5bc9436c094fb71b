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
        except (Empty, Full) as error:
            connection.send(type(error).__name__)


def check(what, worker, expected, seconds=10):
    seen = workers[worker].recv() if workers[worker].poll(seconds) else "to wait"
    if seen not in expected:
        sys.exit(f"{what}: expected {' or '.join(map(str, expected))}, seen {seen}")
    return seen


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue, items, workers = mp.Queue(2), [], []
    for _ in range(3):
        connection, theirs = mp.Pipe()
        workers.append(connection)
        mp.Process(target=worker, args=(queue, theirs), daemon=True).start()
        theirs.close()
    chance = random.Random(1)
    for number in range(100):
        one, other = chance.sample(range(3), 2)
        operation = chance.choice(["put", "put_nowait", "get", "get_nowait"])
        full = len(items) == 2
        what = f"{operation} with {len(items)} of 2 items in the queue"
        if queue.full() != full:
            sys.exit(f"full() with {len(items)} of 2 items in the queue: expected {full}, seen {not full}")
        firsts = {item % 3: item for item in reversed(items)}.values()  # of each worker that has put some
        if operation.startswith("put"):
            item = number * 3 + one
            workers[one].send((operation, item))
            if full and operation == "put":
                check(what, one, ["to wait"], 0.1)
                workers[other].send(("get",))
                items.remove(check("get while a put waits", other, firsts))
            refused = full and operation == "put_nowait"
            check(what, one, ["Full"] if refused else [None])
            items += [] if refused else [item]
        elif items:
            workers[one].send(("get",))
            items.remove(check(what, one, firsts))
        elif operation == "get_nowait":
            workers[one].send((operation,))
            check(what, one, ["Empty"])
        else:
            workers[one].send((operation,))
            check(what, one, ["to wait"], 0.1)
            item = number * 3 + other
            workers[other].send(("put", item))
            check("put while a get waits", other, [None])
            check(what + ", and then a put", one, [item])
    print("100 puts and gets by three processes: expected as of a list with a bound, seen so")
