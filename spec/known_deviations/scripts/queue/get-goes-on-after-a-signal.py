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


def work(queue, news):
    signal.signal(signal.SIGUSR1, lambda *_: news.send("handled"))
    signal.signal(signal.SIGUSR2, interrupt)
    news.send(os.getpid())
    for arguments in (True, 3600), ():
        try:
            news.send(queue.get(*arguments))
        except BaseException as error:
            news.send(type(error).__name__)
    queue.put("second")
    queue.put("third")
    news.send("put")


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


def waits_through_a_signal(pid, news):
    for number in 0, signal.SIGUSR1:
        os.kill(pid, number)
        if number:
            show("a signal during that", news.recv(), "handled")
        while not all(time.sleep(0.02) or is_at_rest(pid) for _ in range(10)):
            pass
        show("whether it waits no more", news.poll(0.1), False)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: a get, a put, or a child"))
    signal.alarm(35)
    news, theirs = mp.Pipe(duplex=False)
    queue = mp.Queue(1)
    mp.Process(target=work, args=(queue, theirs), daemon=True).start()
    pid = news.recv()
    waits_through_a_signal(pid, news)
    queue.put("first")
    show("get(True, 3600) once there is an item", news.recv(), "first")
    waits_through_a_signal(pid, news)
    os.kill(pid, signal.SIGUSR2)
    show("get() when a handler raises", news.recv(), "Interrupted")
    waits_through_a_signal(pid, news)
    show("what is got of two that were put to a queue of one", queue.get(), "second")
    show("put() once there is room", news.recv(), "put")
    show("what is got then", queue.get(), "third")
