import contextlib
import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


class Interrupted(KeyboardInterrupt):
    """What a handler raises."""


def interrupt(*_):
    raise Interrupted


def work(lock, news):
    signal.signal(signal.SIGUSR1, lambda *_: news.send("handled"))
    signal.signal(signal.SIGUSR2, interrupt)
    news.send(os.getpid())
    try:
        news.send(lock.acquire())
        news.send("waiting again")
        lock.acquire()
    except Interrupted:
        news.send("interrupted")


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    lock = mp.Lock()
    lock.acquire()
    mp.Process(target=work, args=(lock, theirs), daemon=True).start()
    pid = news.recv()
    time.sleep(0.5)
    os.kill(pid, signal.SIGUSR1)
    seen = [news.recv() if news.poll(10) else "nothing"]
    early = news.poll(0.5)
    lock.release()
    seen += [news.recv() if news.poll(10) else "nothing" for _ in range(2)]
    time.sleep(0.5)
    os.kill(pid, signal.SIGUSR2)
    seen += [news.recv() if news.poll(10) else "nothing"]
    expected = ["handled", True, "waiting again", "interrupted"]
    print(f"a wait that a signal interrupts has ended: expected False, seen {early}")
    print(f"what came of it: expected {expected}, seen {seen}")
    sys.stdout.flush()
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os._exit(early or seen != expected)
