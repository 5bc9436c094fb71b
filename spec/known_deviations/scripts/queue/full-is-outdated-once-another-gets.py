import atexit
import multiprocessing
import signal
import sys
import time

mp = multiprocessing


def other(queue, connection):
    queue.put(1)
    connection.send("one was put")
    connection.recv()
    queue.put(2)
    connection.send("two were put")
    connection.recv()
    time.sleep(0.5)  # so that both are in the pipe
    queue.get()
    queue.put_nowait(3)
    connection.send("one was got and another put")
    connection.recv()


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("put() and get(): expected to return, it hangs"))
    signal.alarm(20)
    queue = mp.Queue(2)
    connection, theirs = mp.Pipe()
    mp.Process(target=other, args=(queue, theirs), daemon=True).start()
    theirs.close()
    wrong = False
    for expected in False, True, True:
        what = connection.recv()
        seen = queue.full()
        print(f"full() of a queue of two after {what}: expected {expected}, seen {seen}", flush=True)
        wrong = wrong or seen != expected
        connection.send("go on")
    sys.exit(wrong)
