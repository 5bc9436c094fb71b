import multiprocessing
import os
import sys
import threading
import time

mp = multiprocessing


def give_up():
    time.sleep(20)
    print("hangs: a thread, while another waits", flush=True)
    os._exit(1)


def work(lock, news):
    threading.Thread(target=give_up, daemon=True).start()
    got = []
    lock.acquire()
    waiter = threading.Thread(target=lambda: got.append(lock.acquire()))
    waiter.start()
    time.sleep(0.5)
    waits, tried = not got, lock.acquire(False)
    lock.release()
    waiter.join()
    news.send([waits, tried, *got])


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    lock = mp.Lock()
    child = mp.Process(target=work, args=(lock, theirs))
    child.start()
    child.join(30)
    seen = news.recv() if news.poll() else "nothing"
    print(f"whether one thread waits, another and it got the lock: expected [True, False, True], seen {seen}")
    sys.stdout.flush()
    os._exit(seen != [True, False, True])
