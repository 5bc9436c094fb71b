import multiprocessing
import os
import queue as standard
import sys
import threading
import time

mp = multiprocessing


def give_up():
    time.sleep(10)
    print("join() after every item but a refused one was reported: expected to return, it waits", flush=True)
    os._exit(1)


def refused(call, error):
    try:
        call()
    except error:
        return True
    return False


if __name__ == "__main__":
    threading.Thread(target=give_up, daemon=True).start()
    queue = mp.JoinableQueue(1)
    queue.put("item")
    full = refused(lambda: queue.put("one too many", True, 0.1), standard.Full)
    queue.get()
    queue.task_done()
    queue.join()
    excess = refused(queue.task_done, ValueError)
    print(f"whether a full queue refused an item: expected True, seen {full}")
    print(f"whether a report of that was refused: expected True, seen {excess}")
    sys.stdout.flush()
    os._exit(not (full and excess))
