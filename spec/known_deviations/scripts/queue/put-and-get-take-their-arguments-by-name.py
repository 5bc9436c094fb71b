import multiprocessing
import sys
from queue import Empty, Full

mp = multiprocessing

OPTIONS = {"block": False}, {"block": False, "timeout": 3600}, {"timeout": 0.05}, {"timeout": 0}, {"timeout": -1}


def try_each(queue, connection):
    for options in OPTIONS:
        try:
            connection.send(queue.get(**options))
        except Empty:
            connection.send("Empty")
    connection.send(queue.get(timeout=None))
    queue.put("item", timeout=60)
    for options in OPTIONS:
        try:
            connection.send(queue.put("late", **options))
        except Full:
            connection.send("Full")
    connection.send(queue.get(block=True, timeout=60))
    try:
        connection.send(queue.put("another", block=False))
    except Full:
        connection.send("Full")


if __name__ == "__main__":
    queue = mp.Queue(maxsize=1)
    ours, theirs = mp.Pipe()
    child = mp.Process(target=try_each, args=(queue, theirs), daemon=True)
    child.start()
    expected = ["Empty"] * len(OPTIONS) + ["first"] + ["Full"] * len(OPTIONS) + ["item", None]
    calls = [f"get(**{options})" for options in OPTIONS] + ["get(timeout=None)"]
    calls += [f"put('late', **{options})" for options in OPTIONS] + [
        "get(block=True, timeout=60)",
        "put('another', block=False)",
    ]
    seen = []
    while len(seen) < len(expected) and ours.poll(20):
        seen.append(ours.recv())
        if len(seen) == len(OPTIONS):  # the next get waits
            queue.put("first", timeout=None)
    child.terminate()
    for call, what, answer in zip(calls, expected, [*seen, *["no answer"] * len(calls)]):
        print(f"{call}: expected {what}, seen {answer}")
    sys.exit(seen != expected)
