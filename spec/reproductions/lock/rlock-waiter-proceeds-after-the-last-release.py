import multiprocessing
import sys

mp = multiprocessing


def work(lock, news):
    news.send(lock.acquire(True, 0.1))
    news.send(lock.acquire())


if __name__ == "__main__":
    lock = mp.RLock()
    news, theirs = mp.Pipe(duplex=False)
    lock.acquire()
    lock.acquire()
    mp.Process(target=work, args=(lock, theirs), daemon=True).start()
    in_time = news.recv() if news.poll(20) else "nothing"
    lock.release()
    early = news.poll(0.5)
    lock.release()
    in_the_end = news.recv() if news.poll(10) else "nothing"
    print(f"timed acquire of a held RLock: expected False, seen {in_time}")
    print(f"whether another got it after one of two releases: expected False, seen {early}")
    print(f"whether it got it in the end: expected True, seen {in_the_end}")
    sys.exit((in_time, early, in_the_end) != (False, False, True))
