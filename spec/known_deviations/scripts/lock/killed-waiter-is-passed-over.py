import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def wait_for(lock, news):
    news.send(os.getpid())
    news.send(lock.acquire())


def start(lock):
    news, theirs = mp.Pipe(duplex=False)
    waiter = mp.Process(target=wait_for, args=(lock, theirs), daemon=True)
    waiter.start()
    return waiter, news, news.recv()


def is_asleep(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "S"


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: a lock, or a child"))
    signal.alarm(35)
    lock = mp.Lock()
    lock.acquire()
    waiters = []
    for _ in range(2):
        waiter, news, pid = start(lock)
        while not all(time.sleep(0.02) or is_asleep(pid) for _ in range(10)):
            pass
        waiters.append((waiter, news, pid))
    (victim, _, pid), (_, news, _) = waiters
    os.kill(pid, signal.SIGKILL)
    victim.join()
    lock.release()
    seen = news.recv() if news.poll(15) else "nothing"
    print(f"what acquire returned to who waited behind one that was killed: expected True, seen {seen}")
    sys.exit(seen is not True)
