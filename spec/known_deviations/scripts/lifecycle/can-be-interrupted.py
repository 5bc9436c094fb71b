import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def work(news):
    try:
        news.send(os.getpid())
        for _ in range(3000):
            time.sleep(0.01)
    except KeyboardInterrupt:
        news.send("interrupted")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells have background jobs ignore it
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: a child that got SIGINT"))
    news, theirs = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(theirs,), daemon=True)
    child.start()
    pid = news.recv()
    if pid == os.getpid():
        sys.exit("the process of the child: expected another than the starter's, seen the same")
    signal.alarm(20)
    os.kill(pid, signal.SIGINT)
    child.join()
    seen = news.recv() if news.poll() else None
    print(f"a child that got SIGINT: expected 'interrupted', seen {seen!r}")
    sys.exit(seen != "interrupted")
