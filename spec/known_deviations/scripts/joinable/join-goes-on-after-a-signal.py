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


def work(queue, news):
    signal.signal(signal.SIGUSR1, lambda *_: news.send("handled"))
    signal.signal(signal.SIGUSR2, interrupt)
    news.send(os.getpid())
    try:
        news.send(queue.join())
        queue.put("another")
        news.send("waiting again")
        queue.join()
    except Interrupted:
        news.send("interrupted")


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    queue = mp.JoinableQueue()
    queue.put("item")
    mp.Process(target=work, args=(queue, theirs), daemon=True).start()
    pid = news.recv()
    time.sleep(0.5)
    os.kill(pid, signal.SIGUSR1)
    seen = [news.recv() if news.poll(10) else "nothing"]
    early = news.poll(0.5)
    queue.task_done()
    seen += [news.recv() if news.poll(10) else "nothing" for _ in range(2)]
    time.sleep(0.5)
    os.kill(pid, signal.SIGUSR2)
    seen += [news.recv() if news.poll(10) else "nothing"]
    expected = ["handled", None, "waiting again", "interrupted"]
    print(f"a wait that a signal interrupts has ended: expected False, seen {early}")
    print(f"what came of it: expected {expected}, seen {seen}")
    sys.stdout.flush()
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os._exit(early or seen != expected)
