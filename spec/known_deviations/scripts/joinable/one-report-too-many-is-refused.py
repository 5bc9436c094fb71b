import atexit
import multiprocessing
import sys

mp = multiprocessing
REFUSED = "ValueError: task_done() called too many times"


def report(queue):
    try:
        queue.task_done()
        return "no exception"
    except ValueError as error:
        return f"ValueError: {error}"


def child(queue, connection):
    connection.send(report(queue))
    queue.put("item")
    connection.send("put")
    queue.join()
    connection.send("join() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    connection, theirs = mp.Pipe()
    mp.Process(target=child, args=(queue, theirs), daemon=True).start()
    theirs.close()
    first = connection.recv()
    print(f"task_done() before any put(): expected {REFUSED}, seen {first}")
    connection.recv()
    early = connection.poll(0.5)
    print(f"join() after a put(): expected to wait, seen to {'return' if early else 'wait'}")
    queue.task_done()
    returns = connection.poll(10) and connection.recv()
    print(f"join() after its task_done(): expected to return, seen to {'return' if returns else 'wait'}")
    second = report(queue)
    print(f"another task_done(): expected {REFUSED}, seen {second}")
    sys.exit(first != REFUSED or early or not returns or second != REFUSED)
