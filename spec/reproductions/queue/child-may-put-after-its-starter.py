import multiprocessing
import os
import signal
import sys
from queue import Empty

mp = multiprocessing


def child(queue):
    queue.put("the child's")


def starter(queue, connection):
    queue.put("the starter's")
    process = mp.Process(target=child, args=(queue,))
    process.start()
    process.join()
    queue.close()
    queue.join_thread()
    connection.send("done")


def give_up(*_):
    print("put() by a process and then by its child: expected to end, seen to wait for 20 s", flush=True)
    for child in mp.active_children():
        child.terminate()
    os._exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(20)
    queue = mp.Queue()
    ours, theirs = mp.Pipe()
    process = mp.Process(target=starter, args=(queue, theirs))
    process.start()
    process.join()
    done = ours.poll()
    arrived = []
    try:
        while True:
            arrived.append(queue.get(False))
    except Empty:
        arrived.sort()
    print(f"what a process and then its child put: expected both, seen {arrived}")
    print(f"whether the process has closed the queue and joined its thread: expected True, seen {done}")
    sys.exit(not done or arrived != ["the child's", "the starter's"])
