import atexit
import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def producer(queue, connection):
    queue.put("first")
    queue.put("second")
    connection.send("both were put")
    queue.join()
    connection.send("join() has returned")


def consumer(queue, connection):
    connection.send((os.getpid(), queue.get()))
    connection.recv()  # until the item is processed
    queue.task_done()
    connection.send("reported")


def start(target, queue):
    connection, theirs = mp.Pipe()
    process = mp.Process(target=target, args=(queue, theirs), daemon=True)
    process.start()
    return process, connection


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    _, producing = start(producer, queue)
    producing.recv()
    victim, consuming = start(consumer, queue)
    pid, item = consuming.recv()
    print(f"the first consumer got the {item} item and is killed before task_done()")
    os.kill(pid, signal.SIGKILL)
    victim.join()
    _, consuming = start(consumer, queue)
    print(f"another consumer got the {consuming.recv()[1]} item")
    consuming.send("processed")
    consuming.recv()
    early = producing.poll(1)
    print(f"join() with one of two items reported: expected to wait, seen to {'return' if early else 'wait'}")
    sys.exit(early)
