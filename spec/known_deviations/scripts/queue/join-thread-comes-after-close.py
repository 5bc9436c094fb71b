import atexit
import multiprocessing
import sys

mp = multiprocessing


def child(queue, connection):
    queue.put(1)
    connection.send("put")
    try:
        queue.join_thread()
        connection.send("no exception")
    except Exception as error:
        connection.send(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    mp.Process(target=child, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    seen = connection.recv() if connection.poll(10) else "to wait for 10 s"
    print(f"join_thread() without close(): expected an error that says 'not closed', seen {seen}")
    sys.exit("not closed" not in seen)
