import gc
import multiprocessing
import sys
import time

mp = multiprocessing


def read(queue, connection):
    connection.recv()
    try:
        connection.send(queue.get()["num"])
    except Exception as error:
        connection.send(type(error).__name__)


if __name__ == "__main__":
    ours, theirs = mp.Pipe()
    with mp.Manager() as manager:
        queue = mp.Queue()
        child = mp.Process(target=read, args=(queue, theirs))
        child.start()
        queue.put(manager.dict(num=7))
        time.sleep(1)
        gc.collect()
        ours.send("read")
        seen = ours.recv()
        child.join()
    print(f"the number in a dict whose only proxy was in a queue: expected 7, seen {seen}")
    sys.exit(seen != 7)
