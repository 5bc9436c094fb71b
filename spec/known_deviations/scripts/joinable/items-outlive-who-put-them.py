import atexit
import multiprocessing
import sys

mp = multiprocessing


def put(queue):
    queue.put("first")
    queue.put("second")


def join(queue, connection):
    queue.join()
    connection.send("join() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    producer = mp.Process(target=put, args=(queue,))
    producer.start()
    producer.join()
    connection, theirs = mp.Pipe()
    mp.Process(target=join, args=(queue, theirs), daemon=True).start()
    theirs.close()
    early = False
    try:
        for _ in range(2):
            early = early or connection.poll(1)
            queue.get()
            queue.task_done()
        seen = "early" if early else "in the end" if connection.poll(10) else "never"
    except ValueError as error:
        seen = repr(error)
    print(f"join(), with two items of a process that has ended: expected to return 'in the end', seen {seen!r}")
    sys.exit(seen != "in the end")
