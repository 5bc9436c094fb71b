import atexit
import multiprocessing
import sys

mp = multiprocessing


def joiner(queue, connection):
    connection.recv()  # until an item was put
    connection.send("joining")
    queue.join()
    connection.send("join() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    connections = []
    for _ in range(2):
        connection, theirs = mp.Pipe()
        connections.append(connection)
        mp.Process(target=joiner, args=(queue, theirs), daemon=True).start()
        theirs.close()
    queue.put("item")
    for connection in connections:
        connection.send("an item was put")
        connection.recv()
    early = sum(connection.poll(0.5) for connection in connections)
    print(f"calls of join() that returned before the item was reported, of 2: expected 0, seen {early}")
    queue.get()
    queue.task_done()
    returned = sum(bool(connection.poll(10) and connection.recv()) for connection in connections)
    print(f"calls of join() that returned once it was reported, of 2: expected 2, seen {returned}")
    sys.exit(early != 0 or returned != 2)
