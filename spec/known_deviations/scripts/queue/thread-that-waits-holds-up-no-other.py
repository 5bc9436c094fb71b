import multiprocessing
import os
import queue as standard
import sys
import threading
import time

mp = multiprocessing


def give_up():
    time.sleep(20)
    print("hangs: a thread, while another waits", flush=True)
    os._exit(1)


def work(queue, news):
    threading.Thread(target=give_up, daemon=True).start()
    got = []
    waiter = threading.Thread(target=lambda: got.append(queue.get(True, 60)))
    waiter.start()
    time.sleep(0.5)
    try:
        tried = queue.get(False)
    except standard.Empty:
        tried = "nothing"
    queue.put("item")
    waiter.join()
    news.send([tried, *got])


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    queue = mp.Queue()
    child = mp.Process(target=work, args=(queue, theirs))
    child.start()
    child.join(30)
    seen = news.recv() if news.poll() else "nothing"
    print(f'what a thread got that may not wait, and one that waits: expected ["nothing", "item"], seen {seen}')
    sys.stdout.flush()
    os._exit(seen != ["nothing", "item"])
