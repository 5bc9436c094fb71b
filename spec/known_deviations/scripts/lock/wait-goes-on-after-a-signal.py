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
    for arguments in (True, 3600), ():
        try:
            news.send(lock.acquire(*arguments))
        except BaseException as error:
            news.send(type(error).__name__)
    lock.release()
    news.send("released")


def is_at_rest(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] in "SZ"
    except OSError:  # it has exited
        return True


def show(what, seen, expected):
    print(f"{what}: expected {expected!r}, seen {seen!r}", flush=True)
    if seen != expected:
        sys.exit(1)


def hear(news):
    return news.recv() if news.poll(15) else "nothing"


def waits_through_a_signal(pid, news):
    for number in 0, signal.SIGUSR1:
        os.kill(pid, number)
        if number:
            show("what a signal during its wait is", hear(news), "handled")
        while not all(time.sleep(0.02) or is_at_rest(pid) for _ in range(10)):
            pass
        show("whether it has stopped waiting for the lock", news.poll(0.1), False)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: an acquire, or a child"))
    signal.alarm(35)
    news, theirs = mp.Pipe(duplex=False)
    lock = mp.Lock()
    lock.acquire()
    mp.Process(target=work, args=(lock, theirs), daemon=True).start()
    pid = news.recv()
    waits_through_a_signal(pid, news)
    lock.release()
    show("acquire(True, 3600) once the lock is released", hear(news), True)
    waits_through_a_signal(pid, news)
    os.kill(pid, signal.SIGUSR2)
    show("acquire() when a handler raises", hear(news), "Interrupted")
    show("what becomes of the lock then", hear(news), "released")
    show("whether the lock is free then", lock.acquire(False), True)
