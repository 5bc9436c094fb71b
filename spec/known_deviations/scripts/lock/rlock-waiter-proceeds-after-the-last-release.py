import multiprocessing
import sys
import time

mp = multiprocessing


def work(lock, news):
    begun = time.monotonic()
    in_time = lock.acquire(True, 0.1)
    news.send((in_time, time.monotonic() - begun >= 0.1))
    news.send(lock.acquire())


if __name__ == "__main__":
    lock = mp.RLock()
    news, theirs = mp.Pipe(duplex=False)
    again = [lock.acquire(False) for _ in range(3)]
    print(f"whether its holder acquires it again: expected {[True] * 3}, seen {again}")
    if not all(again):
        sys.exit(1)
    mp.Process(target=work, args=(lock, theirs), daemon=True).start()
    in_time = news.recv() if news.poll(20) else "nothing"
    early = []
    while len(early) < 2 and True not in early:
        lock.release()
        early.append(news.poll(0.3))
    if True not in early:
        lock.release()
    in_the_end = news.recv() if news.poll(15) else "nothing"
    print(f"timed acquire of a held RLock, and whether it took its time: expected (False, True), seen {in_time}")
    print(f"whether another got it after one and two of three releases: expected [False, False], seen {early}")
    print(f"whether it got it in the end: expected True, seen {in_the_end}")
    sys.exit((in_time, early, in_the_end) != ((False, True), [False, False], True))
