import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def hold(lock, pid):
    lock.acquire()
    pid.send(os.getpid())
    time.sleep(1000)


def wait_for(lock, news):
    news.send("waiting")
    lock.acquire()
    news.send("acquired")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: a lock, or a child"))
    signal.alarm(20)
    lock = mp.RLock()
    pid, holders = mp.Pipe(duplex=False)
    news, others = mp.Pipe(duplex=False)
    holder = mp.Process(target=hold, args=(lock, holders), daemon=True)
    other = mp.Process(target=wait_for, args=(lock, others), daemon=True)
    holder.start()
    os.kill(pid.recv(), signal.SIGKILL)
    holder.join()
    other.start()
    news.recv()
    seen = news.poll(1)
    print(f"an RLock was acquired whose holder was killed: expected False, seen {seen}")
    sys.exit(seen)
