import atexit
import multiprocessing
import sys

mp = multiprocessing


def joiner(queue, connection):
    queue.put("first")
    connection.send("the first was put")
    queue.join()
    connection.send("join() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    connection, theirs = mp.Pipe()
    mp.Process(target=joiner, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    early = connection.poll(0.5)
    print(f"join() with one item put: expected to wait, seen to {'return' if early else 'wait'}")
    queue.put("second")
    queue.get()
    queue.task_done()
    early = early or connection.poll(0.5)
    print(
        f"join() with another put meanwhile, one reported: expected to wait, seen to {'return' if early else 'wait'}"
    )
    queue.get()
    queue.task_done()
    returns = connection.poll(10) and connection.recv()
    print(f"join() with both reported: expected to return, seen to {'return' if returns else 'wait'}")
    sys.exit(early or not returns)
