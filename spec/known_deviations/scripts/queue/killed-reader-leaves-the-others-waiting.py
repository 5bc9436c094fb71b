import atexit
import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def reader(queue, connection):
    connection.send(os.getpid())
    connection.send(queue.get())


def producer(queue):
    queue.put("item")


def start(target, *args):
    process = mp.Process(target=target, args=args, daemon=True)
    process.start()
    return process


def is_asleep(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "S"


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    victim = start(reader, queue, theirs)
    pid = connection.recv()
    deadline = time.monotonic() + 20
    while not all(time.sleep(0.02) or is_asleep(pid) for _ in range(10)):
        if connection.poll() or time.monotonic() > deadline:
            sys.exit("get() from an empty queue: expected to block, seen otherwise")
    os.kill(pid, signal.SIGKILL)
    victim.join(10)
    start(producer, queue).join(10)
    start(reader, queue, theirs)
    connection.recv()
    early = connection.poll(2)
    print(f"get() after a reader was killed in it: expected to wait, seen to {'return' if early else 'wait'}")
    sys.exit(early)
