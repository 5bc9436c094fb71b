import atexit
import multiprocessing
import sys
import time

mp = multiprocessing


def producer(queue, connection):
    for number in range(10):
        queue.put(number)
    queue.join()
    connection.send("join() has returned")


def consumer(queue, connection):
    got = [queue.get() for _ in range(10)]
    time.sleep(0.3)  # so that the producer is inside join()
    for _ in range(9):
        queue.task_done()
    connection.send(got)
    connection.recv()
    queue.task_done()
    connection.recv()


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.JoinableQueue()
    producing, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    consuming, theirs = mp.Pipe()
    mp.Process(target=consumer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    got = consuming.recv() if consuming.poll(10) else "nothing in 10 s"
    print(f"what the consumer got: expected {list(range(10))}, seen {got}")
    if got != list(range(10)):
        sys.exit(1)
    early = producing.poll(0.5)
    print(f"join() after nine of ten reports: expected to wait, seen to {'return' if early else 'wait'}")
    consuming.send("report the last one")
    returns = producing.poll(10) and producing.recv()
    print(f"join() after the last report: expected to return, seen to {'return' if returns else 'wait'}")
    sys.exit(early or not returns)
