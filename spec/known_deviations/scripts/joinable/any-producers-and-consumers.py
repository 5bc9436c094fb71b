import atexit
import multiprocessing
import sys
import time

mp = multiprocessing


def producer(queue, connection):
    while True:
        for _ in range(connection.recv()):
            queue.put("quick")
        queue.join()
        connection.send("join() has returned")


def consumer(queue, connection):
    while True:
        connection.send(queue.get())
        connection.recv()  # until the item is processed
        queue.task_done()


def start(target, queue):
    connection, theirs = mp.Pipe()
    mp.Process(target=target, args=(queue, theirs), daemon=True).start()
    return connection


def with_an_item(consumers):
    connection = next((connection for connection in 1000 * consumers if connection.poll(0.01)), None)
    return connection if connection and connection.recv() else sys.exit("no item arrives at a consumer")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    producers, consumers = [start(producer, queue) for _ in range(2)], [start(consumer, queue) for _ in range(3)]
    for _ in range(2):
        queue.put("slow")
        slow = with_an_item(consumers)
        for connection in producers:
            connection.send(3)
        for seconds in [0.3, 0, 0, 0, 0, 0]:
            quick = with_an_item(consumers)
            time.sleep(seconds)  # so that the producers are inside join()
            quick.send("processed")
        early = sum(connection.poll(0.3) for connection in producers)
        print(f"producers that went on before the last of 7 items was processed: expected 0, seen {early}")
        slow.send("processed")
        went_on = sum(bool(connection.poll(10) and connection.recv()) for connection in producers)
        print(f"producers that went on once it was: expected 2, seen {went_on}")
        if early != 0 or went_on != 2:
            sys.exit(1)
